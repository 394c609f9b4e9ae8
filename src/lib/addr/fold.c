/* fold.c - see fold.h */

#include <string.h>

#include "lib/addr/fold.h"

static void append(struct fold *f, char const *s, size_t len)
{
  if (len && !stralloc_catb(f->out, s, len)) f->nomem = 1;
}

void fold_put(struct fold *f, char const *s, size_t len, int space)
{
  char const *last = memrchr(s, '\n', len);

  if (space) {
    int full = f->column + 1 + len > FOLD_WIDTH && f->out->len > f->start;
    append(f, full ? "\n " : " ", full ? 2 : 1);
    f->column = full ? 1 : f->column + 1;
  }
  append(f, s, len);
  f->column = last ? (size_t)(s + len - last) - 1 : f->column + len;
}
