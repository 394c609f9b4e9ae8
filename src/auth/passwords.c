/* passwords.c - see passwords.h */

#include <crypt.h>
#include <stdio.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "auth/passwords.h"
#include "auth/prep.h"
#include "lib/smtp/base64.h"

#define SCRAM "SCRAM-SHA-256$"
#define SEED_LINE "*:"
#define STRANGERS_ITERATIONS SCRAM_LEAST        /* where the file has no login */
#define STRANGERS_SALT 16
#define STRANGERS_HASH "$y$j9T$YzqV1cU8vKJw0kzH1Hn7s.$B5nnJ1xqM5WZ7VbpYXvTQ5wU1aSg2oXq3X8rJH6eYw7"

/* What stands before the next c, which is passed over, or else the rest. */
static char const *field(char const **at, char const *end, char c, size_t *len)
{
  char const *s = *at, *stop = memchr(s, c, (size_t)(end - s));

  *len = (size_t)((stop ? stop : end) - s);
  *at = stop ? stop + 1 : end;
  return s;
}

static int copy(char *out, size_t size, char const *s, size_t len)
{
  if (len >= size || memchr(s, 0, len)) return 0;
  memcpy(out, s, len);
  out[len] = 0;
  return 1;
}

static int number(char const *s, size_t len, unsigned int *n)
{
  size_t i;

  *n = 0;
  for (i = 0; i < len && s[i] >= '0' && s[i] <= '9' && *n <= SCRAM_MOST; i++)
    *n = *n * 10 + (unsigned int)(s[i] - '0');
  return i == len && *n >= SCRAM_LEAST && *n <= SCRAM_MOST;
}

static int key(unsigned char out[SCRAM_HASH], char const *s, size_t len)
{
  size_t n;

  return base64_decode(s, len, out, SCRAM_HASH, &n) && n == SCRAM_HASH;
}

/* ITERATIONS:SALT$STORED:SERVER */
static int parse_scram(struct scram_keys *k, char const *s, char const *end)
{
  char const *part;
  size_t len;

  part = field(&s, end, ':', &len);
  if (!number(part, len, &k->iterations)) return 0;
  part = field(&s, end, '$', &len);
  if (!base64_decode(part, len, k->salt, sizeof k->salt, &k->salt_len) || !k->salt_len) return 0;
  part = field(&s, end, ':', &len);
  return key(k->stored, part, len) && key(k->server, s, (size_t)(end - s));
}

int passwords_parse(struct password *p, char const *s, size_t len)
{
  char const *end = s + len, *part;

  memset(p, 0, sizeof *p);
  if (len >= PASSWORDS_LINE_MAX) return 0;
  part = field(&s, end, ':', &len);
  if (s == part + len || !copy(p->login, sizeof p->login, part, len) || !prep_login_ok(p->login)) return 0;
  part = field(&s, end, ':', &len);
  if (!copy(p->hash, sizeof p->hash, part, len)) return 0;
  p->has_scram = s != end && *p->hash != '!' && *p->hash != '*';
  if (s == end) return 1;
  if ((size_t)(end - s) < sizeof SCRAM - 1 || memcmp(s, SCRAM, sizeof SCRAM - 1)) return 0;
  return parse_scram(&p->scram, s + sizeof SCRAM - 1, end);
}

size_t passwords_format(struct password const *p, char line[PASSWORDS_LINE_MAX + 1])
{
  char salt[BASE64_SIZE(SCRAM_SALT_MAX)], stored[BASE64_SIZE(SCRAM_HASH)], server[BASE64_SIZE(SCRAM_HASH)];
  int n;

  base64_encode(salt, p->scram.salt, p->scram.salt_len);
  base64_encode(stored, p->scram.stored, SCRAM_HASH);
  base64_encode(server, p->scram.server, SCRAM_HASH);
  if (!p->has_scram) n = snprintf(line, PASSWORDS_LINE_MAX + 1, "%s:%s:\n", p->login, p->hash);
  else n = snprintf(line, PASSWORDS_LINE_MAX + 1, "%s:%s:" SCRAM "%u:%s$%s:%s\n", p->login, p->hash,
                    p->scram.iterations, salt, stored, server);
  return (size_t)n;
}

/* The line at *at, without its end; null when there is none. */
static char const *next_line(char const **at, char const *end, size_t *len)
{
  return *at == end ? 0 : field(at, end, '\n', len);
}

static int is_of(char const *line, size_t len, char const *login)
{
  size_t n = strlen(login);

  return len > n && line[n] == ':' && !CRYPTO_memcmp(line, login, n);
}

enum passwords_found passwords_find(char const *text, size_t len, char const *login, struct password *p,
                                    unsigned int *number_of)
{
  enum passwords_found found = PASSWORDS_NONE;
  char const *at = text, *end = text + len, *line;
  unsigned int n = 0;

  while ((line = next_line(&at, end, &len))) {
    n++;
    if (!is_of(line, len, login) || found != PASSWORDS_NONE) continue;
    found = passwords_parse(p, line, len) ? PASSWORDS_FOUND : PASSWORDS_DAMAGED;
    *number_of = n;
  }
  return found;
}

size_t passwords_seed(char const *text, size_t len, char const **seed)
{
  char const *at = text, *end = text + len, *line;

  while ((line = next_line(&at, end, &len)))
    if (len > sizeof SEED_LINE - 1 && !memcmp(line, SEED_LINE, sizeof SEED_LINE - 1)) {
      *seed = line + sizeof SEED_LINE - 1;
      return len - (sizeof SEED_LINE - 1);
    }
  return 0;
}

/* The first hash and the first keys of SCRAM in the file, which may be those of two logins; where it has none they are
   made up. */
static void model(char const *text, size_t len, struct password *p)
{
  char const *at = text, *end = text + len, *line;
  struct password one;
  int hashed = 0;

  memset(p, 0, sizeof *p);
  memcpy(p->hash, STRANGERS_HASH, sizeof STRANGERS_HASH);
  p->scram.iterations = STRANGERS_ITERATIONS;
  p->scram.salt_len = STRANGERS_SALT;
  while (!(hashed && p->has_scram) && (line = next_line(&at, end, &len))) {
    if (!passwords_parse(&one, line, len)) continue;
    if (!hashed && *one.hash == '$') {
      memcpy(p->hash, one.hash, sizeof p->hash);
      hashed = 1;
    }
    if (!p->has_scram && one.has_scram) {
      p->scram = one.scram;
      p->has_scram = 1;
    }
  }
  OPENSSL_cleanse(&one, sizeof one);
}

void passwords_stranger(char const *text, size_t len, char const *login, char const *seed, size_t seed_len,
                        struct password *p)
{
  unsigned char salt[SCRAM_HASH];

  model(text, len, p);
  memcpy(p->login, login, strlen(login) + 1);
  p->has_scram = p->stranger = 1;
  memset(p->scram.stored, 0, sizeof p->scram.stored);
  HMAC(EVP_sha256(), seed, (int)seed_len, (unsigned char const *)login, strlen(login), salt, 0);
  if (p->scram.salt_len > sizeof salt) p->scram.salt_len = sizeof salt;
  memcpy(p->scram.salt, salt, p->scram.salt_len);
}

int passwords_has_hash(struct password const *p)
{
  return *p->hash && *p->hash != '!' && *p->hash != '*';
}

int passwords_right(struct password const *p, char const *password)
{
  static struct crypt_data data;
  char const *hash = crypt_rn(password, passwords_has_hash(p) ? p->hash : STRANGERS_HASH, &data, sizeof data);
  int r = -1;

  if (p->stranger || !passwords_has_hash(p)) r = 0;
  else if (hash && *hash != '*')
    r = strlen(hash) == strlen(p->hash) && !CRYPTO_memcmp(hash, p->hash, strlen(hash));
  OPENSSL_cleanse(&data, sizeof data);
  return r;
}
