/* fold.c - see fold.h */

#include <string.h>

#include "lib/addr/fold.h"
#include "lib/addr/token.h"

static void append(struct fold *f, char const *s, size_t len)
{
  if (len && !stralloc_catb(f->out, s, len)) f->nomem = 1;
}

void fold_put(struct fold *f, char const *s, size_t len, int space)
{
  char const *last = len ? memrchr(s, '\n', len) : 0;

  if (space) {
    int full = f->column + 1 + len > FOLD_WIDTH && f->out->len > f->start;
    append(f, full ? "\n " : " ", full ? 2 : 1);
    f->column = full ? 1 : f->column + 1;
  }
  append(f, s, len);
  f->column = last ? (size_t)(s + len - last) - 1 : f->column + len;
}

/* the blanks from blank on and the word behind them, as they are or after a fold */
static void put_unit(struct fold *f, char const *s, size_t blank, size_t word, size_t end)
{
  int full = f->column + (end - blank) > FOLD_WIDTH && f->out->len > f->start && word < end;

  if (full && !memchr(s + blank, '\n', word - blank)) fold_put(f, "\n ", word > blank ? 1 : 2, 0);
  fold_put(f, s + blank, end - blank, 0);
}

int fold_text(stralloc *out, size_t column, char const *s, size_t len)
{
  struct fold f = { .out = out, .column = column, .start = out->len };
  struct token t = { 0 };
  size_t blank = 0, word = 0, end = 0;
  char before = 0;

  do {
    if (token_next(&t, s, len, end)) t = (struct token){ .kind = TOKEN_END, .at = len };
    if (t.space || before == ',' || !t.kind) {
      put_unit(&f, s, blank, word, end);
      blank = end;
      word = t.at;
    }
    before = t.kind;
    end = t.at + t.len;
  } while (t.kind);
  fold_put(&f, s + blank, len - blank, 0);
  return !f.nomem;
}
