/* proof.c - see proof.h */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "lib/msg/utf8.h"
#include "lib/smtp/base64.h"
#include "tls/proof.h"

#define HEADER "n,,"                    /* gs2-header: no channel binding, nobody to act for */
#define BOUND "c=biws,r="               /* that header in base64 */
#define MESSAGE_MAX (SCRAM_LINE_MAX / 4 * 3)    /* bytes of the host's */
#define FINAL_MAX (sizeof BOUND - 1 + PROOF_NONCE_MAX)  /* of ours, without the proof */
#define ERROR_MAX 64                    /* bytes of the host's word for a failure */

_Static_assert(BASE64_SIZE(sizeof HEADER + PROOF_BARE_MAX) <= SCRAM_LINE_MAX, "the first message fits");
_Static_assert(BASE64_SIZE(FINAL_MAX + sizeof ",p=" + BASE64_SIZE(PROOF_HASH)) <= SCRAM_LINE_MAX, "the last fits");

/* what the host says first; parts are in message */
struct challenge {
  char message[MESSAGE_MAX + 1];
  char const *nonce;
  size_t nonce_len, salt_len;
  char salt[SCRAM_LINE_MAX];
  int iterations;
};

static void tell(struct scram_answer *a, enum scram_status status, char const *text)
{
  a->status = status;
  snprintf(a->text, sizeof a->text, "%s", text);
}

static void say(struct scram_answer *a, char const *message)
{
  a->status = SCRAM_SAY;
  base64_encode(a->text, message, strlen(message));
}

/* A comma or an equals sign of a name would look like those between parts. */
static char *escaped(char *to, char const *s)
{
  for (; *s; s++)
    if (*s == ',' || *s == '=') to = stpcpy(to, *s == ',' ? "=2C" : "=3D");
    else *to++ = *s;
  return to;
}

void proof_begin(struct proof *p, struct scram_request const *q, char const *nonce, struct scram_answer *a)
{
  char message[sizeof HEADER + PROOF_BARE_MAX];
  char *end;

  if (!*q->login || !utf8_text(q->login) || !*q->password || !utf8_text(q->password)) {
    tell(a, SCRAM_LATER, "login or password are no UTF-8, or have control characters");
    return;
  }
  memcpy(p->password, q->password, sizeof p->password);
  snprintf(p->nonce, sizeof p->nonce, "%s", nonce);
  end = escaped(stpcpy(p->bare, "n="), q->login);
  stpcpy(stpcpy(end, ",r="), p->nonce);
  stpcpy(stpcpy(message, HEADER), p->bare);
  say(a, message);
}

/* What stands from start on to the next comma; null where something else is there. */
static char const *part(char const **at, char const *start, size_t *len)
{
  size_t n = strlen(start);
  char const *s = *at + n;

  if (strncmp(*at, start, n)) return 0;
  *len = strcspn(s, ",");
  *at = s + *len;
  return s;
}

/* All that is left: extensions that need not be understood. */
static int optional(char const *s)
{
  while (*s) {
    if (*s != ',' || (s[1] | 32) < 'a' || (s[1] | 32) > 'z' || s[1] == 'm' || s[2] != '=') return 0;
    s += 3;
    if (!strcspn(s, ",")) return 0;
    s += strcspn(s, ",");
  }
  return 1;
}

/* Base64 to text, which has a NUL behind it and none in it. */
static int decode(char message[MESSAGE_MAX + 1], char const *said)
{
  size_t len;

  if (!base64_decode(said, strlen(said), message, MESSAGE_MAX, &len)) return 0;
  message[len] = 0;
  return strlen(message) == len;
}

static int is_nonce(char const *s, size_t len)
{
  size_t i;

  for (i = 0; i < len; i++)
    if (s[i] <= ' ' || s[i] > '~') return 0;
  return len <= PROOF_NONCE_MAX;
}

/* The number, 0 when it is none; any that is too long is as much as one over the bound. */
static int count(char const *s, size_t len)
{
  if (!len || *s == '0' || strspn(s, "0123456789") != len) return 0;
  return len > 7 ? PROOF_MOST + 1 : (int)strtol(s, 0, 10);
}

/* Null, or what is wrong with it. */
static char const *read_challenge(struct challenge *c, struct proof const *p, char const *said)
{
  size_t ours = strlen(p->nonce), salt_len, count_len;
  char const *at = c->message, *salt, *iterations;

  if (!decode(c->message, said)) return "what it said is no base64";
  if (!strncmp(at, "m=", 2)) return "it demands an extension";
  c->nonce = part(&at, "r=", &c->nonce_len);
  salt = c->nonce ? part(&at, ",s=", &salt_len) : 0;
  iterations = salt ? part(&at, ",i=", &count_len) : 0;
  if (!iterations || !optional(at)) return "what it said is no challenge";
  if (!is_nonce(c->nonce, c->nonce_len)) return "its nonce is none";
  if (c->nonce_len <= ours || memcmp(c->nonce, p->nonce, ours)) return "its nonce does not begin with ours";
  if (!base64_decode(salt, salt_len, c->salt, sizeof c->salt, &c->salt_len)) return "its salt is no base64";
  if (!c->salt_len || c->salt_len > PROOF_SALT_MAX) return "its salt is empty or too long";
  c->iterations = count(iterations, count_len);
  if (!c->iterations) return "its number of iterations is none";
  return c->iterations < PROOF_LEAST ? "it wants too few iterations"
         : c->iterations > PROOF_MOST ? "it wants too many iterations" : 0;
}

static int hmac(unsigned char out[PROOF_HASH], unsigned char const key[PROOF_HASH], char const *s)
{
  return HMAC(EVP_sha256(), key, PROOF_HASH, (unsigned char const *)s, strlen(s), out, 0) != 0;
}

/* The proof, and what the host has to show. 0 when the library cannot. */
static int compute(struct proof *p, struct challenge const *c, char const *text, unsigned char proof[PROOF_HASH])
{
  unsigned char salted[PROOF_HASH], key[PROOF_HASH], stored[PROOF_HASH], server[PROOF_HASH];
  int good = PKCS5_PBKDF2_HMAC(p->password, (int)strlen(p->password), (unsigned char const *)c->salt, (int)c->salt_len,
                               c->iterations, EVP_sha256(), sizeof salted, salted)
             && hmac(key, salted, "Client Key") && SHA256(key, sizeof key, stored) && hmac(proof, stored, text)
             && hmac(server, salted, "Server Key") && hmac(p->server, server, text);
  size_t i;

  for (i = 0; good && i < PROOF_HASH; i++) proof[i] ^= key[i];
  OPENSSL_cleanse(salted, sizeof salted);
  OPENSSL_cleanse(key, sizeof key);
  OPENSSL_cleanse(server, sizeof server);
  OPENSSL_cleanse(p->password, sizeof p->password);
  return good;
}

void proof_make(struct proof *p, char const *said, struct scram_answer *a)
{
  struct challenge c;
  char final[FINAL_MAX + sizeof ",p=" + BASE64_SIZE(PROOF_HASH)], text[PROOF_BARE_MAX + MESSAGE_MAX + FINAL_MAX + 3];
  char const *wrong = read_challenge(&c, p, said);
  unsigned char proof[PROOF_HASH];
  int n;

  if (wrong) {
    tell(a, SCRAM_UNSOUND, wrong);
    return;
  }
  n = snprintf(final, sizeof final, BOUND "%.*s", (int)c.nonce_len, c.nonce);
  snprintf(text, sizeof text, "%s,%s,%.*s", p->bare, c.message, n, final);
  if (!compute(p, &c, text, proof)) {
    tell(a, SCRAM_LATER, "the library cannot compute it");
    return;
  }
  base64_encode(stpcpy(final + n, ",p="), proof, sizeof proof);
  say(a, final);
}

static int is_signature(struct proof const *p, char const *s, size_t len)
{
  char expected[BASE64_SIZE(PROOF_HASH)];

  base64_encode(expected, p->server, PROOF_HASH);
  return len == strlen(expected) && !CRYPTO_memcmp(s, expected, len);
}

void proof_check(struct proof const *p, char const *said, struct scram_answer *a)
{
  char message[MESSAGE_MAX + 1];
  char const *at = message, *s;
  size_t len;

  if (!decode(message, said)) tell(a, SCRAM_UNSOUND, "what it said is no base64");
  else if ((s = part(&at, "e=", &len))) {
    message[2 + len] = 0;
    if (len && len <= ERROR_MAX && strspn(s, "abcdefghijklmnopqrstuvwxyz-") == len) tell(a, SCRAM_REFUSED, s);
    else tell(a, SCRAM_UNSOUND, "its word for a failure is none");
  }
  else if (!(s = part(&at, "v=", &len)) || !optional(at)) tell(a, SCRAM_UNSOUND, "what it said is no signature");
  else if (!is_signature(p, s, len)) tell(a, SCRAM_UNSOUND, "its signature is not that of one who knows the password");
  else tell(a, SCRAM_PROVEN, "");
}
