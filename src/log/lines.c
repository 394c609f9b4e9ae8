/* lines.c - see lines.h */

#include <string.h>

#include "log/lines.h"

static void keep(struct lines *l, char const *s, size_t len)
{
  size_t room = sizeof l->s - l->used;

  if (len > room) len = room;  /* the rest of a line that is too long */
  memcpy(l->s + l->used, s, len);
  l->used += len;
}

void lines_feed(struct lines *l, char const *s, size_t len, void (*line)(char const *, size_t))
{
  while (len) {
    char const *end = memchr(s, '\n', len);
    size_t n = end ? (size_t)(end - s) : len;
    keep(l, s, n);
    if (!end) return;
    line(l->s, l->used);
    lines_drop(l);
    s += n + 1;
    len -= n + 1;
  }
}

void lines_drop(struct lines *l)
{
  l->used = 0;
}
