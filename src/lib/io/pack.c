/* pack.c - see pack.h */

#include <string.h>

#include "lib/io/pack.h"

static char *take(struct pack *p, size_t n)
{
  char *at;

  if (p->bad || p->size - p->len < n) {
    p->bad = 1;
    return 0;
  }
  at = p->s + p->len;
  p->len += n;
  return at;
}

static void pack_int(struct pack *p, uint64_t u, unsigned int bytes)
{
  unsigned char *at = (unsigned char *)take(p, bytes);

  if (!at) return;
  while (bytes--) {
    at[bytes] = (unsigned char)(u & 0xff);
    u >>= 8;
  }
}

void pack_u8(struct pack *p, unsigned int u)
{
  pack_int(p, u, 1);
}

void pack_u32(struct pack *p, uint32_t u)
{
  pack_int(p, u, 4);
}

void pack_u64(struct pack *p, uint64_t u)
{
  pack_int(p, u, 8);
}

void pack_bytes(struct pack *p, char const *s, size_t len, size_t max)
{
  char *at;

  if (len > max || len > UINT32_MAX) {
    p->bad = 1;
    return;
  }
  pack_u32(p, (uint32_t)len);
  at = take(p, len);
  if (at && len) memcpy(at, s, len);
}

static char const *give(struct unpack *u, size_t n)
{
  char const *at;

  if (u->bad || u->len - u->pos < n) {
    u->bad = 1;
    return 0;
  }
  at = u->s + u->pos;
  u->pos += n;
  return at;
}

static uint64_t unpack_int(struct unpack *u, unsigned int bytes)
{
  unsigned char const *at = (unsigned char const *)give(u, bytes);
  uint64_t n = 0;

  if (!at) return 0;
  while (bytes--) n = n << 8 | *at++;
  return n;
}

unsigned int unpack_u8(struct unpack *u)
{
  return (unsigned int)unpack_int(u, 1);
}

uint32_t unpack_u32(struct unpack *u)
{
  return (uint32_t)unpack_int(u, 4);
}

uint64_t unpack_u64(struct unpack *u)
{
  return unpack_int(u, 8);
}

char const *unpack_bytes(struct unpack *u, size_t *len, size_t max)
{
  size_t n = unpack_u32(u);
  char const *at = 0;

  if (n > max) u->bad = 1;
  else at = give(u, n);
  *len = at ? n : 0;
  return at ? at : "";
}

void unpack_string(struct unpack *u, char *s, size_t max)
{
  size_t len;
  char const *at = unpack_bytes(u, &len, max);

  if (memchr(at, 0, len)) {
    u->bad = 1;
    len = 0;
  }
  memcpy(s, at, len);
  s[len] = 0;
}

int unpack_done(struct unpack const *u)
{
  return !u->bad && u->pos == u->len;
}
