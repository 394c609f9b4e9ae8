/* id.c - see id.h */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "lib/msg/id.h"

#define PLAIN 26
#define TIME_DIGITS 14
#define HASH_AT 6
#define HASH_DIGITS 2
#define BOUNCES_MAX 9999

int id_new(char id[ID_MAX + 1])
{
  struct timespec t;
  unsigned char r[3];
  unsigned long long micro;

  if (getrandom(r, sizeof r, 0) != sizeof r || clock_gettime(CLOCK_REALTIME, &t) == -1) return -1;
  micro = (unsigned long long)t.tv_sec * 1000000 + (unsigned long long)t.tv_nsec / 1000;
  snprintf(id, ID_MAX + 1, "%014llx%06x%02x%02x%02x", micro & 0xffffffffffffffULL,
           (unsigned int)getpid() & 0xffffff, r[0], r[1], r[2]);
  return 0;
}

static int is_hex(char c)
{
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* the length of a "-N" at s, N from 1 to 9999; 0 when there is none */
static size_t bounce_end(char const *s)
{
  size_t n = 1;

  if (s[0] != '-' || s[1] < '1' || s[1] > '9') return 0;
  while (n < 5 && s[n] >= '0' && s[n] <= '9') n++;
  return n;
}

int id_ok(char const *s)
{
  size_t i;

  for (i = 0; i < PLAIN; i++)
    if (!is_hex(s[i])) return 0;
  i += bounce_end(s + i);
  if (i > PLAIN) i += bounce_end(s + i);
  return !s[i];
}

unsigned int id_depth(char const *id)
{
  unsigned int n = 0;

  for (; *id; id++) n += *id == '-';
  return n;
}

int id_bounce(char bounce[ID_MAX + 1], char const *parent, unsigned int n)
{
  if (!id_ok(parent) || id_depth(parent) >= 2 || !n || n > BOUNCES_MAX) {
    errno = EINVAL;
    return -1;
  }
  snprintf(bounce, ID_MAX + 1, "%.31s-%u", parent, n);
  return 0;
}

int64_t id_time(char const *id)
{
  return id_micro(id) / 1000000;
}

static uint64_t number(char const *digits, int n)
{
  uint64_t u = 0;

  for (; n; n--, digits++) u = u << 4 | (unsigned int)(*digits <= '9' ? *digits - '0' : *digits - 'a' + 10);
  return u;
}

int64_t id_micro(char const *id)
{
  return (int64_t)number(id, TIME_DIGITS);
}

unsigned int id_hash(char const *id)
{
  return (unsigned int)number(id + HASH_AT, HASH_DIGITS);
}

unsigned int id_hash_at(int64_t micro)
{
  return (unsigned int)(micro >> 4 * (TIME_DIGITS - HASH_AT - HASH_DIGITS)) & (ID_HASHES - 1);
}

void id_dir(char path[ID_PATH_MAX], char const *dir, unsigned int hash)
{
  snprintf(path, ID_PATH_MAX, "%.16s/%02x", dir, hash);
}

void id_path(char path[ID_PATH_MAX], char const *dir, char const *id)
{
  snprintf(path, ID_PATH_MAX, "%.16s/%c%c/%.36s", dir, id[HASH_AT], id[HASH_AT + 1], id);
}
