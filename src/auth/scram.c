/* scram.c - see scram.h */

#include <stdio.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "auth/scram.h"
#include "lib/smtp/base64.h"

static int hmac(unsigned char out[SCRAM_HASH], unsigned char const key[SCRAM_HASH], char const *s, size_t len)
{
  return HMAC(EVP_sha256(), key, SCRAM_HASH, (unsigned char const *)s, len, out, 0) ? 0 : -1;
}

int scram_keys_make(struct scram_keys *k, char const *password)
{
  static char const client_key[] = "Client Key", server_key[] = "Server Key";
  unsigned char salted[SCRAM_HASH], client[SCRAM_HASH];
  int r = -1;

  if (PKCS5_PBKDF2_HMAC(password, (int)strlen(password), k->salt, (int)k->salt_len, (int)k->iterations, EVP_sha256(),
                        sizeof salted, salted)
      && hmac(client, salted, client_key, sizeof client_key - 1) == 0
      && hmac(k->server, salted, server_key, sizeof server_key - 1) == 0 && SHA256(client, sizeof client, k->stored))
    r = 0;
  OPENSSL_cleanse(salted, sizeof salted);
  OPENSSL_cleanse(client, sizeof client);
  return r;
}

/* --- the client's first message: FLAG,[a=NAME],n=NAME,r=NONCE[,...] */

/* What stands before the next comma, which is passed over; null where there is no comma. */
static char const *part(char const **at, char const *end, size_t *len)
{
  char const *s = *at, *comma = memchr(s, ',', (size_t)(end - s));

  if (!comma) return 0;
  *len = (size_t)(comma - s);
  *at = comma + 1;
  return s;
}

/* A name, with =2C for a comma and =3D for an equals sign. 1, or 0 when it is none. */
static int take_name(char out[AUTH_LOGIN_MAX + 1], char const *s, size_t len)
{
  size_t i, n = 0;

  for (i = 0; i < len; i++) {
    char c = s[i];
    if (n == AUTH_LOGIN_MAX || !c) return 0;
    if (c == '=') {
      if (len - i < 3) return 0;
      if (!memcmp(s + i, "=2C", 3)) c = ',';
      else if (memcmp(s + i, "=3D", 3)) return 0;
      i += 2;
    }
    out[n++] = c;
  }
  out[n] = 0;
  return n != 0;
}

static int is_attribute(char const *s, size_t len, char name)
{
  return len >= 2 && s[0] == name && s[1] == '=';
}

static int says(char const *s, size_t len, char const *what)
{
  return len == strlen(what) && !memcmp(s, what, len);
}

/* The flag: does the client bind, and to what? */
static enum scram_result take_flag(struct scram *x, char const *s, size_t len)
{
  if (says(s, len, "n")) return x->plus ? SCRAM_MALFORMED : SCRAM_OK;
  if (says(s, len, "y")) return x->plus ? SCRAM_MALFORMED : x->plus_offered ? SCRAM_STRIPPED : SCRAM_OK;
  if (!is_attribute(s, len, 'p') || !x->plus) return SCRAM_MALFORMED;
  if (says(s, len, "p=tls-exporter")) {
    x->bound = x->binding.exporter;
    x->bound_len = x->binding.exporter_len;
  }
  else if (says(s, len, "p=tls-server-end-point")) {
    x->bound = x->binding.endpoint;
    x->bound_len = x->binding.endpoint_len;
  }
  return x->bound_len ? SCRAM_OK : SCRAM_UNBOUND;
}

/* printable, without a comma */
static int is_nonce(char const *s, size_t len)
{
  size_t i;

  for (i = 0; i < len; i++)
    if (s[i] <= ' ' || s[i] > 126 || s[i] == ',') return 0;
  return len && len <= SCRAM_NONCE_MAX;
}

/* client-first-message-bare; extensions behind the nonce are passed over, one in front of the name is not known */
static enum scram_result take_bare(struct scram *x, char const *s, char const *end)
{
  char const *at = s, *p, *nonce;
  size_t len;

  if ((size_t)(end - s) >= sizeof x->bare || memchr(s, 0, (size_t)(end - s))) return SCRAM_MALFORMED;
  memcpy(x->bare, s, (size_t)(end - s));
  x->bare[end - s] = 0;
  p = part(&at, end, &len);
  if (!p || !is_attribute(p, len, 'n') || !take_name(x->login, p + 2, len - 2)) return SCRAM_MALFORMED;
  nonce = at;
  if (!part(&at, end, &len)) len = (size_t)(end - nonce);
  if (!is_attribute(nonce, len, 'r') || !is_nonce(nonce + 2, len - 2)) return SCRAM_MALFORMED;
  memcpy(x->nonce, nonce + 2, len - 2);
  x->nonce[len - 2] = 0;
  return SCRAM_OK;
}

enum scram_result scram_first(struct scram *x, char const *s, size_t len)
{
  char const *at = s, *end = s + len, *flag, *as;
  char other[AUTH_LOGIN_MAX + 1];
  size_t flag_len, as_len;
  enum scram_result r;

  flag = part(&at, end, &flag_len);
  as = flag ? part(&at, end, &as_len) : 0;
  if (!as || (size_t)(at - s) > sizeof x->header) return SCRAM_MALFORMED;
  x->header_len = (size_t)(at - s);
  memcpy(x->header, s, x->header_len);
  r = take_flag(x, flag, flag_len);
  if (r != SCRAM_MALFORMED) {
    enum scram_result bare = take_bare(x, at, end);
    if (bare != SCRAM_OK) r = bare;
  }
  if (r != SCRAM_OK || !as_len) return r;
  if (!is_attribute(as, as_len, 'a') || !take_name(other, as + 2, as_len - 2)) return SCRAM_MALFORMED;
  return strcmp(other, x->login) ? SCRAM_OTHER : SCRAM_OK;
}

void scram_challenge(struct scram *x, struct scram_keys const *k, char const *nonce)
{
  char salt[BASE64_SIZE(SCRAM_SALT_MAX)];
  size_t len = strlen(x->nonce);

  snprintf(x->nonce + len, sizeof x->nonce - len, "%.*s", SCRAM_NONCE_OURS, nonce);
  base64_encode(salt, k->salt, k->salt_len);
  snprintf(x->challenge, sizeof x->challenge, "r=%s,s=%s,i=%u", x->nonce, salt, k->iterations);
}

/* --- the client's final message: c=BINDING,r=NONCE[,...],p=PROOF */

#define BOUND_MAX (sizeof ((struct scram *)0)->header + AUTH_ENDPOINT_MAX)
#define PROOF_LEN (BASE64_SIZE(SCRAM_HASH) - 1)

/* Is it what the first message said, and the name that this connection has? */
static int is_bound(struct scram const *x, char const *s, size_t len)
{
  unsigned char bytes[BOUND_MAX];
  char expected[BASE64_SIZE(BOUND_MAX)];

  memcpy(bytes, x->header, x->header_len);
  if (x->bound_len) memcpy(bytes + x->header_len, x->bound, x->bound_len);
  base64_encode(expected, bytes, x->header_len + x->bound_len);
  return len == strlen(expected) && !memcmp(s, expected, len);
}

/* what both sign: the three messages, the last one without its proof */
static size_t signed_text(struct scram const *x, char const *without, size_t len, char *out)
{
  int n = snprintf(out, sizeof x->bare + sizeof x->challenge + 1, "%s,%s,", x->bare, x->challenge);

  memcpy(out + n, without, len);
  return (size_t)n + len;
}

/* The client's key is what its proof and the signature differ by; of the key we have the hash. */
static enum scram_result check_proof(struct scram_keys const *k, char const *text, size_t len,
                                     unsigned char const *proof, char verifier[SCRAM_FINAL_MAX])
{
  unsigned char signature[SCRAM_HASH], client[SCRAM_HASH], stored[SCRAM_HASH];
  char encoded[BASE64_SIZE(SCRAM_HASH)];
  enum scram_result r = SCRAM_WRONG;
  size_t i;

  if (hmac(signature, k->stored, text, len) == -1) return SCRAM_WRONG;
  for (i = 0; i < SCRAM_HASH; i++) client[i] = signature[i] ^ proof[i];
  if (SHA256(client, sizeof client, stored) && !CRYPTO_memcmp(stored, k->stored, sizeof stored)
      && hmac(signature, k->server, text, len) == 0) {
    base64_encode(encoded, signature, sizeof signature);
    snprintf(verifier, SCRAM_FINAL_MAX, "v=%s", encoded);
    r = SCRAM_OK;
  }
  OPENSSL_cleanse(client, sizeof client);
  return r;
}

enum scram_result scram_final(struct scram const *x, struct scram_keys const *k, char const *s, size_t len,
                              char verifier[SCRAM_FINAL_MAX])
{
  static char text[sizeof x->bare + sizeof x->challenge + SCRAM_MESSAGE_MAX];
  unsigned char proof[SCRAM_HASH];
  char const *at = s, *end = s + len, *c, *r, *p;
  size_t c_len, r_len, proof_len;

  if (len > SCRAM_MESSAGE_MAX) return SCRAM_MALFORMED;
  c = part(&at, end, &c_len);
  r = c ? part(&at, end, &r_len) : 0;
  if (!r || !is_attribute(c, c_len, 'c') || !is_attribute(r, r_len, 'r')) return SCRAM_MALFORMED;
  p = memrchr(s, ',', len) + 1;
  if (!is_attribute(p, (size_t)(end - p), 'p') || (size_t)(end - p) != 2 + PROOF_LEN
      || !base64_decode(p + 2, PROOF_LEN, proof, sizeof proof, &proof_len) || proof_len != SCRAM_HASH)
    return SCRAM_MALFORMED;
  if (!is_bound(x, c + 2, c_len - 2)) return SCRAM_UNBOUND;
  if (!says(r + 2, r_len - 2, x->nonce)) return SCRAM_WRONG;
  return check_proof(k, text, signed_text(x, s, (size_t)(p - 1 - s), text), proof, verifier);
}
