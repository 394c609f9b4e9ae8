/* ledger.c - see ledger.h */

#include <string.h>
#include <sys/random.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "auth/ledger.h"
#include "lib/io/io.h"

#define SECRET 32
#define WAYS 8                  /* places that a name may take */

static unsigned char secret[SECRET];
static int has_secret;

int ledger_start(struct ledger *l, long long life)
{
  if (!has_secret && getrandom(secret, sizeof secret, 0) != sizeof secret) return -1;
  has_secret = 1;
  l->life = life;
  l->lines = io_own_memory(LEDGER_PLACES * sizeof *l->lines);
  return l->lines ? 0 : -1;
}

/* The name's hash; returns the first of its places. */
static struct ledger_line *places(struct ledger *l, char const *name, char const *with,
                                  unsigned char hash[EVP_MAX_MD_SIZE])
{
  char both[1024];
  size_t n = strlen(name), w = strlen(with);

  memset(both, 0, sizeof both);
  if (n > sizeof both / 2 - 1) n = sizeof both / 2 - 1;
  if (w > sizeof both / 2 - 1) w = sizeof both / 2 - 1;
  memcpy(both, name, n);
  memcpy(both + sizeof both / 2, with, w);
  HMAC(EVP_sha256(), secret, sizeof secret, (unsigned char const *)both, sizeof both, hash, 0);
  return l->lines + ((size_t)hash[30] << 8 | hash[31]) % (LEDGER_PLACES / WAYS) * WAYS;
}

static int is_over(struct ledger const *l, struct ledger_line const *p, long long now)
{
  return (!p->count && !p->more) || now - p->since >= l->life;
}

struct ledger_line *ledger_find(struct ledger *l, char const *name, char const *with)
{
  unsigned char hash[EVP_MAX_MD_SIZE];
  struct ledger_line *p = places(l, name, with, hash);
  long long now = io_clock();
  int i;

  for (i = 0; i < WAYS; i++)
    if (!memcmp(p[i].name, hash, sizeof p->name) && !is_over(l, p + i, now)) return p + i;
  return 0;
}

struct ledger_line *ledger_open(struct ledger *l, char const *name, char const *with)
{
  unsigned char hash[EVP_MAX_MD_SIZE];
  struct ledger_line *p = ledger_find(l, name, with), *least;
  long long now = io_clock();
  int i;

  if (p) return p;
  p = least = places(l, name, with, hash);
  for (i = 0; i < WAYS; i++) {
    if (is_over(l, p + i, now)) {
      least = p + i;
      break;
    }
    if (p[i].count < least->count || (p[i].count == least->count && p[i].since < least->since)) least = p + i;
  }
  memset(least, 0, sizeof *least);
  memcpy(least->name, hash, sizeof least->name);
  least->since = now;
  return least;
}
