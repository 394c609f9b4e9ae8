/* scram.c - SCRAM-SHA-256 as a server: the example of RFC 7677 3, what is no message, channel binding */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/scram.h"
#include "lib/smtp/base64.h"
#include "unit.h"

static struct scram x;
static struct scram_keys keys;
static char verifier[SCRAM_FINAL_MAX];

static void from_base64(char const *s, unsigned char *out, size_t size, size_t *len)
{
  if (!base64_decode(s, strlen(s), out, size, len)) abort();
}

static enum scram_result first(char const *s)
{
  return scram_first(&x, s, strlen(s));
}

static enum scram_result final(char const *s)
{
  return scram_final(&x, &keys, s, strlen(s), verifier);
}

/* user "user", password "pencil" */
static void begin(void)
{
  memset(&x, 0, sizeof x);
  keys.iterations = 4096;
  from_base64("W22ZaJ0SNY7soEsUEjb6gQ==", keys.salt, sizeof keys.salt, &keys.salt_len);
  scram_keys_make(&keys, "pencil");
}

#define CLIENT "rOprNGfwEbeRWgbNEkqO"
#define SERVER "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"

static void example(void)
{
  begin();
  check("the first message", first("n,,n=user,r=" CLIENT) == SCRAM_OK && !strcmp(x.login, "user"));
  scram_challenge(&x, &keys, SERVER);
  check("the challenge", !strcmp(x.challenge, "r=" CLIENT SERVER ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"));
  check("the final message", final("c=biws,r=" CLIENT SERVER ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
        == SCRAM_OK);
  check("the verifier", !strcmp(verifier, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
  check("a changed proof", final("c=biws,r=" CLIENT SERVER ",p=eHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
        == SCRAM_WRONG);
  check("another nonce", final("c=biws,r=" CLIENT "x,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=") == SCRAM_WRONG);
  check("another header", final("c=eSws,r=" CLIENT SERVER ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
        == SCRAM_UNBOUND);
  check("an extension is part of what is signed",
        final("c=biws,r=" CLIENT SERVER ",x=1,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=") == SCRAM_WRONG);
  check("no proof", final("c=biws,r=" CLIENT SERVER) == SCRAM_MALFORMED && final("c=biws,r=" CLIENT SERVER ",p=")
        == SCRAM_MALFORMED);
  check("a short proof", final("c=biws,r=" CLIENT SERVER ",p=dHzb") == SCRAM_MALFORMED);
  check("nothing", final("") == SCRAM_MALFORMED && final(",") == SCRAM_MALFORMED && final(",,") == SCRAM_MALFORMED);
}

static enum scram_result once(char const *s, int plus)
{
  begin();
  x.plus = plus;
  return first(s);
}

static void firsts(void)
{
  char long_one[SCRAM_NONCE_MAX + 32];

  check("a name with a comma", once("n,,n=a=2Cb=3D,r=x", 0) == SCRAM_OK && !strcmp(x.login, "a,b="));
  check("another escape", once("n,,n=a=2cb,r=x", 0) == SCRAM_MALFORMED && once("n,,n=a=,r=x", 0) == SCRAM_MALFORMED);
  check("no name", once("n,,n=,r=x", 0) == SCRAM_MALFORMED && once("n,,r=x", 0) == SCRAM_MALFORMED);
  check("no nonce", once("n,,n=a,r=", 0) == SCRAM_MALFORMED && once("n,,n=a", 0) == SCRAM_MALFORMED
        && once("n,,n=a,r=a b", 0) == SCRAM_MALFORMED);
  check("an extension that is demanded", once("n,,m=x,n=a,r=x", 0) == SCRAM_MALFORMED);
  check("one behind", once("n,,n=a,r=x,e=1", 0) == SCRAM_OK && !strcmp(x.nonce, "x"));
  check("no header", once("n=a,r=x", 0) == SCRAM_MALFORMED && once("", 0) == SCRAM_MALFORMED
        && once("z,,n=a,r=x", 0) == SCRAM_MALFORMED);
  check("as itself", once("n,a=a,n=a,r=x", 0) == SCRAM_OK);
  check("as another", once("n,a=b,n=a,r=x", 0) == SCRAM_OTHER);
  check("a NUL byte", (begin(), scram_first(&x, "n,,n=a\0b,r=x", 12)) == SCRAM_MALFORMED);
  memset(long_one, 'x', sizeof long_one);
  memcpy(long_one, "n,,n=a,r=", 9);
  long_one[9 + SCRAM_NONCE_MAX] = 0;
  check("the longest nonce", once(long_one, 0) == SCRAM_OK);
  scram_challenge(&x, &keys, "abc");
  check("and its challenge", strlen(x.challenge) > SCRAM_NONCE_MAX && strstr(x.challenge, "xabc,s=W22Z"));
  long_one[9 + SCRAM_NONCE_MAX] = 'x';
  long_one[10 + SCRAM_NONCE_MAX] = 0;
  check("a longer one", once(long_one, 0) == SCRAM_MALFORMED);
}

static enum scram_result bound(char const *s, int plus, size_t endpoint, size_t exporter)
{
  static unsigned char const name[32] = { 1 }, other[32] = { 2 };

  begin();
  x.plus = plus;
  x.plus_offered = 1;
  x.binding = (struct scram_binding){ name, other, endpoint, exporter };
  return first(s);
}

static void bindings(void)
{
  check("y where it is offered: somebody took it away", bound("y,,n=a,r=x", 0, 32, 0) == SCRAM_STRIPPED);
  check("y where it is not", once("y,,n=a,r=x", 0) == SCRAM_OK);
  check("n and the mechanism with it", bound("n,,n=a,r=x", 1, 32, 32) == SCRAM_MALFORMED);
  check("p and the one without", bound("p=tls-exporter,,n=a,r=x", 0, 32, 32) == SCRAM_MALFORMED);
  check("tls-exporter", bound("p=tls-exporter,,n=a,r=x", 1, 32, 32) == SCRAM_OK && x.bound[0] == 2);
  check("which an older version does not have", bound("p=tls-exporter,,n=a,r=x", 1, 32, 0) == SCRAM_UNBOUND);
  check("tls-unique", bound("p=tls-unique,,n=a,r=x", 1, 32, 32) == SCRAM_UNBOUND);
  check("tls-server-end-point", bound("p=tls-server-end-point,,n=a,r=x", 1, 32, 32) == SCRAM_OK && x.bound[0] == 1);
  scram_challenge(&x, &keys, "y");
  check("the name of this connection", final("c=cD10bHMtc2VydmVyLWVuZC1wb2ludCwsAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,"
        "r=xy,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=") == SCRAM_WRONG);
  check("another connection's", final("c=cD10bHMtc2VydmVyLWVuZC1wb2ludCwsAgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,"
        "r=xy,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=") == SCRAM_UNBOUND);
  check("none", final("c=cD10bHMtc2VydmVyLWVuZC1wb2ludCws,r=xy,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
        == SCRAM_UNBOUND);
}

int main(void)
{
  example();
  firsts();
  bindings();
  return unit_end();
}
