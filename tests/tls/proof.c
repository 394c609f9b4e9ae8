/* proof.c - SCRAM-SHA-256 as a client: the example of RFC 7677 3, and what a host may not say */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/smtp/base64.h"
#include "tls/proof.h"
#include "unit.h"

#define CLIENT "rOprNGfwEbeRWgbNEkqO"
#define NONCE CLIENT "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define SALT "W22ZaJ0SNY7soEsUEjb6gQ=="
#define FIRST "r=" NONCE ",s=" SALT ",i=4096"
#define SIGNATURE "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

static struct proof p;
static struct scram_answer a;

/* a message in base64 */
static char const *wire(char const *message, size_t len)
{
  static char text[BASE64_SIZE(2 * SCRAM_LINE_MAX)];

  base64_encode(text, message, len);
  return text;
}

static enum scram_status begin(char const *login, char const *password)
{
  struct scram_request q = { .question = SCRAM_BEGIN };

  snprintf(q.login, sizeof q.login, "%s", login);
  snprintf(q.password, sizeof q.password, "%s", password);
  proof_begin(&p, &q, CLIENT, &a);
  return a.status;
}

static int says(char const *message)
{
  return a.status == SCRAM_SAY && !strcmp(a.text, wire(message, strlen(message)));
}

/* what becomes of the host's first words */
static enum scram_status first(char const *message, size_t len)
{
  begin("user", "pencil");
  proof_make(&p, wire(message, len), &a);
  return a.status;
}

static int unsound(char const *message, char const *why)
{
  return first(message, strlen(message)) == SCRAM_UNSOUND && strstr(a.text, why) != 0;
}

static enum scram_status last(char const *message)
{
  proof_check(&p, wire(message, strlen(message)), &a);
  return a.status;
}

static void example(void)
{
  begin("user", "pencil");
  check("the first message", says("n,,n=user,r=" CLIENT));
  check("the challenge", first(FIRST, strlen(FIRST)) == SCRAM_SAY);
  check("the proof", says("c=biws,r=" NONCE ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="));
  check("the password is not kept", !p.password[0]);
  check("the signature", last("v=" SIGNATURE) == SCRAM_PROVEN && !a.text[0]);
  check("with an extension", last("v=" SIGNATURE ",x=1") == SCRAM_PROVEN);
}

static void names(void)
{
  char login[SCRAM_LOGIN_MAX + 1], expected[PROOF_BARE_MAX];
  size_t i;

  begin("a,b=c", "x");
  check("a comma and an equals sign", says("n,,n=a=2Cb=3Dc,r=" CLIENT));
  begin("j\xc3\xb6", "\xc3\xb6");
  check("UTF-8 as it is", says("n,,n=j\xc3\xb6,r=" CLIENT));
  check("other bytes", begin("\xf6", "x") == SCRAM_LATER && begin("x", "\xf6") == SCRAM_LATER);
  check("control characters", begin("a\tb", "x") == SCRAM_LATER && begin("x", "a\x7f") == SCRAM_LATER);
  check("nothing", begin("", "x") == SCRAM_LATER && begin("x", "") == SCRAM_LATER);
  memset(login, '=', SCRAM_LOGIN_MAX);
  login[SCRAM_LOGIN_MAX] = 0;
  strcpy(expected, "n,,n=");
  for (i = 0; i < SCRAM_LOGIN_MAX; i++) strcat(expected, "=3D");
  strcat(expected, ",r=" CLIENT);
  begin(login, "x");
  check("the longest", says(expected));
}

static void challenges(void)
{
  static char const *const none[] = { "", ",", "r=" NONCE, "s=" SALT ",r=" NONCE ",i=4096", "r=" NONCE ",i=4096,s=" SALT,
    "r=" NONCE ",s=" SALT, "x=1," FIRST, " " FIRST, FIRST ",", FIRST ",x", FIRST ",x=", FIRST ",1=1", FIRST ",m=1",
    "R=" NONCE ",s=" SALT ",i=4096", "e=other-error", "v=" SIGNATURE, "r=" NONCE ",,s=" SALT ",i=4096" };
  char name[160];
  size_t i;

  for (i = 0; i < sizeof none / sizeof *none; i++) {
    snprintf(name, sizeof name, "no challenge: '%s'", none[i]);
    check(name, unsound(none[i], "no challenge"));
  }
  check("an extension that need not be understood", first(FIRST ",x=1,Y=", sizeof FIRST + 6) == SCRAM_UNSOUND
        && first(FIRST ",x=1,Y=2", sizeof FIRST + 7) == SCRAM_SAY);
  check("one that must be", unsound("m=x," FIRST, "extension"));
  check("a NUL byte", first(FIRST ",x=\0", sizeof FIRST + 3) == SCRAM_UNSOUND);
  check("our nonce alone", unsound("r=" CLIENT ",s=" SALT ",i=4096", "does not begin with ours"));
  check("another", unsound("r=x" NONCE ",s=" SALT ",i=4096", "does not begin with ours"));
  check("its beginning", unsound("r=rOprNGfwEbeRWgbNEkq,s=" SALT ",i=4096", "does not begin with ours"));
  check("other case", unsound("r=ROprNGfwEbeRWgbNEkqOx,s=" SALT ",i=4096", "does not begin with ours"));
  check("none", unsound("r=,s=" SALT ",i=4096", "does not begin with ours"));
  check("a blank in it", unsound("r=" CLIENT " x,s=" SALT ",i=4096", "nonce is none"));
  check("a byte over 127", unsound("r=" CLIENT "\xc3\xb6,s=" SALT ",i=4096", "nonce is none"));
  check("a salt that is no base64", unsound("r=" NONCE ",s=W22ZaJ0SNY7soEsUEjb6gR==,i=4096", "no base64")
        && unsound("r=" NONCE ",s=W22Z aJ0,i=4096", "no base64"));
  check("an empty salt", unsound("r=" NONCE ",s=,i=4096", "empty or too long"));
}

static void numbers(void)
{
  static char const *const none[] = { "", "0", "04096", "-4096", "+4096", "4096 ", " 4096", "0x4096", "4096.0", "four" };
  char message[256];
  size_t i;

  for (i = 0; i < sizeof none / sizeof *none; i++) {
    snprintf(message, sizeof message, "%s%s", "r=" NONCE ",s=" SALT ",i=", none[i]);
    check(message, unsound(message, "number of iterations is none"));
  }
  check("one too few", unsound("r=" NONCE ",s=" SALT ",i=4095", "too few"));
  check("one", unsound("r=" NONCE ",s=" SALT ",i=1", "too few"));
  check("one too many", unsound("r=" NONCE ",s=" SALT ",i=1000001", "too many"));
  check("more than a number holds", unsound("r=" NONCE ",s=" SALT ",i=99999999999999999999", "too many")
        && unsound("r=" NONCE ",s=" SALT ",i=4294971392", "too many"));
  check("ten thousand", first("r=" NONCE ",s=" SALT ",i=10000", strlen("r=" NONCE ",s=" SALT ",i=10000")) == SCRAM_SAY);
}

/* nonces and salts of so many characters */
static enum scram_status sized(size_t nonce, size_t salt)
{
  static char message[2 * SCRAM_LINE_MAX];
  char *end = stpcpy(message, "r=" CLIENT);

  memset(end, 'x', nonce - strlen(CLIENT));
  end = stpcpy(end + nonce - strlen(CLIENT), ",s=");
  base64_encode(end, message, salt);
  strcat(end, ",i=4096");
  return first(message, strlen(message));
}

static void sizes(void)
{
  static char line[SCRAM_LINE_MAX + 1];

  check("the longest of all", sized(PROOF_NONCE_MAX, PROOF_SALT_MAX) == SCRAM_SAY);
  check("a longer nonce", sized(PROOF_NONCE_MAX + 1, 16) == SCRAM_UNSOUND);
  check("a longer salt", sized(64, PROOF_SALT_MAX + 1) == SCRAM_UNSOUND && strstr(a.text, "empty or too long"));
  begin("user", "pencil");
  memset(line, 'A', SCRAM_LINE_MAX);
  proof_make(&p, line, &a);
  check("the longest line", a.status == SCRAM_UNSOUND);
  memset(line, 'e', SCRAM_LINE_MAX);
  proof_make(&p, line, &a);
  check("full of nonsense", a.status == SCRAM_UNSOUND);
  proof_make(&p, "!", &a);
  check("no base64", a.status == SCRAM_UNSOUND && strstr(a.text, "no base64"));
}

static void ends(void)
{
  first(FIRST, strlen(FIRST));
  check("another signature", last("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=") == SCRAM_UNSOUND
        && strstr(a.text, "signature"));
  check("half of it", last("v=6rriTRBi23WpRR/wtup+mMhUZUn/") == SCRAM_UNSOUND);
  check("none", last("v=") == SCRAM_UNSOUND && last("") == SCRAM_UNSOUND && last("V=" SIGNATURE) == SCRAM_UNSOUND);
  check("the same, as others would write it", last("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5=") == SCRAM_UNSOUND);
  check("with what must be understood", last("v=" SIGNATURE ",m=1") == SCRAM_UNSOUND);
  check("something before it", last("x=1,v=" SIGNATURE) == SCRAM_UNSOUND);
  check("a refusal", last("e=invalid-proof") == SCRAM_REFUSED && !strcmp(a.text, "invalid-proof"));
  check("with more", last("e=unknown-user,x=1") == SCRAM_REFUSED && !strcmp(a.text, "unknown-user"));
  check("a refusal that is none", last("e=") == SCRAM_UNSOUND && last("e=a b") == SCRAM_UNSOUND
        && last("e=\r\n250 ok") == SCRAM_UNSOUND);
  proof_check(&p, "dj0", &a);
  check("no base64", a.status == SCRAM_UNSOUND);
}

int main(void)
{
  example();
  names();
  challenges();
  numbers();
  sizes();
  ends();
  return unit_end();
}
