/* fold.h - words of a header field put one after the other, folded (RFC 5322 section 2.2.3) */

#ifndef LIB_ADDR_FOLD_H
#define LIB_ADDR_FOLD_H

#include <stddef.h>
#include <skalibs/stralloc.h>

#define FOLD_WIDTH 78           /* RFC 5322 section 2.1.1: a longer line only for a longer word */

struct fold {
  stralloc *out;
  size_t column;        /* bytes in out's last line */
  size_t start;         /* length of out at first: before the first word there is no fold */
  int nomem;
};

/* Appends a word; with space, a blank or a fold goes before it. A word may have folds of its own. */
extern void fold_put(struct fold *, char const *, size_t len, int space);

/* Appends the text of a structured field (lib/addr/token.h) to a line of column bytes: as it is, but with folds where a
   line would get too long, before a blank or behind a comma. 1, or 0 when there is no memory. */
extern int fold_text(stralloc *, size_t column, char const *, size_t len);

#endif
