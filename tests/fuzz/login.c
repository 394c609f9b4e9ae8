/*
 * login.c - what mail-authd reads of strangers and others: the first byte says which: b base64, p users/passwords,
 * s SCRAM's two messages with a NUL between, d Dovecot's words, in two pieces
 */

#include "auth/dovecot.h"
#include "auth/passwords.h"
#include "auth/prep.h"
#include "auth/scram.h"
#include "fuzz.h"
#include "lib/smtp/base64.h"

/* What is base64 is what is written of its bytes. */
static void base64(char const *s, size_t len)
{
  unsigned char *bytes = malloc(len + 1);
  char *again = malloc(BASE64_SIZE(len) + 1);
  size_t n;

  demand(bytes && again);
  if (base64_decode(s, len, bytes, len, &n)) {
    base64_encode(again, bytes, n);
    demand(strlen(again) == len && !memcmp(again, s, len));
  }
  free(bytes);
  free(again);
}

/* A login that is found is one, and comes back as it was written. */
static void passwords(char const *s, size_t len)
{
  static struct password p, again;
  char line[PASSWORDS_LINE_MAX + 1];
  unsigned int number;
  size_t n;

  if (passwords_find(s, len, "joe", &p, &number) == PASSWORDS_FOUND) {
    demand(!strcmp(p.login, "joe") && number && number <= len + 1);
    n = passwords_format(&p, line);
    demand(n && n <= PASSWORDS_LINE_MAX && line[n - 1] == '\n' && passwords_parse(&again, line, n - 1));
    demand(!strcmp(again.hash, p.hash) && again.has_scram == p.has_scram);
  }
  passwords_stranger(s, len, "eve", "seed", 4, &p);
  demand(p.stranger && p.has_scram && p.scram.iterations >= SCRAM_LEAST && p.scram.salt_len);
}

/* No proof is right: nobody knows these keys. */
static void scram(char const *s, size_t len)
{
  static struct scram_keys const keys = { .iterations = 4096, .salt_len = 4 };
  static unsigned char const name[32];
  static struct scram x;
  char const *end = memchr(s, 0, len);
  size_t n = end ? (size_t)(end - s) : len;
  char verifier[SCRAM_FINAL_MAX];

  memset(&x, 0, sizeof x);
  x.binding = (struct scram_binding){ name, name, sizeof name, sizeof name };
  x.plus = len && *s == 'p';
  if (scram_first(&x, s, n) != SCRAM_OK) return;
  demand(*x.login && *x.nonce && strlen(x.nonce) <= SCRAM_NONCE_MAX);
  scram_challenge(&x, &keys, "");
  demand(strlen(x.challenge) < sizeof x.challenge - 1);
  if (end) demand(scram_final(&x, &keys, end + 1, len - n - 1, verifier) != SCRAM_OK);
}

static void dovecot(char const *s, size_t len)
{
  static struct dovecot d;
  size_t half = len / 2, n;

  memset(&d, 0, sizeof d);
  memcpy(d.login, "joe", 4);
  n = dovecot_feed(&d, s, half);
  if (n == half) n += dovecot_feed(&d, s + half, len - half);
  if (d.state == DOVECOT_READY) {
    d.state = DOVECOT_ASKED;
    dovecot_feed(&d, s + n, len - n);
  }
  demand(d.len < sizeof d.line && prep_login_ok(d.login));
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t len)
{
  char *s;

  if (len < 1 || len > PASSWORDS_BYTES_MAX) return 0;
  s = malloc(len - 1 ? len - 1 : 1);     /* no NUL behind it */
  demand(s);
  memcpy(s, data + 1, len - 1);
  switch (*data) {
    case 'b': base64(s, len - 1); break;
    case 'p': passwords(s, len - 1); break;
    case 's': scram(s, len - 1); break;
    case 'd': dovecot(s, len - 1); break;
    default: break;
  }
  free(s);
  return 0;
}
