/* verify.c - see verify.h */

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/io/large.h"
#include "lib/msg/crc32.h"
#include "lib/msg/id.h"
#include "queue/verify.h"

#define TABLE 65536             /* 512 KiB */
#define PIECE 65536

static int64_t started;         /* microseconds, as IDs have them */
static LARGE uint64_t sound[TABLE];

static int64_t now(void)
{
  struct timespec t;

  clock_gettime(CLOCK_REALTIME, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void verify_start(void)
{
  started = now();
}

/* FNV-1a: no two IDs that live at the same time have the same, but for a chance of one in 2^64 */
static uint64_t mark(char const *id)
{
  uint64_t h = 14695981039346656037ULL;

  for (; *id; id++) h = (h ^ (unsigned char)*id) * 1099511628211ULL;
  return h;
}

int verify_needed(char const *id)
{
  uint64_t m = mark(id);
  int64_t arrived = id_micro(id);

  /* a bounce has its ancestor's time: it may be read without need */
  if (arrived > started && arrived <= now()) return 0;
  return sound[m % TABLE] != m;
}

void verify_done(char const *id)
{
  uint64_t m = mark(id);

  sound[m % TABLE] = m;
}

int verify_slice(struct verify *v, int fd, uint64_t bytes, uint32_t crc, size_t slice)
{
  static LARGE char buf[PIECE];
  size_t left = slice;

  while (left && v->at < bytes) {
    size_t want = left < sizeof buf ? left : sizeof buf;
    ssize_t r;
    if (bytes - v->at < want) want = (size_t)(bytes - v->at);
    do r = pread(fd, buf, want, (off_t)v->at);
    while (r == -1 && errno == EINTR);
    if (r == -1) return -2;
    if (!r) return -1;
    v->crc = crc32_add(v->crc, buf, (size_t)r);
    v->at += (size_t)r;
    left -= (size_t)r;
  }
  if (v->at < bytes) return 0;
  return v->crc == crc ? 1 : -1;
}
