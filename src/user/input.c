/* input.c - see input.h */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "user/input.h"

static void put(struct input *in, char c)
{
  in->clean[in->len++] = c;
}

static void take_clean(struct input *in, char c)
{
  if (in->state == INPUT_DOT_HELD) {
    if (c == '\n') {
      in->ended = 1;
      return;
    }
    put(in, '.');
  }
  else if (in->state == INPUT_LINE_START && in->dot && c == '.') {
    in->state = INPUT_DOT_HELD;
    return;
  }
  put(in, c);
  in->state = c == '\n' ? INPUT_LINE_START : INPUT_MIDDLE;
}

static void take_raw(struct input *in, char c)
{
  int skip = c == '\n' && in->after_cr;

  if (!c) {
    in->nuls++;
    return;
  }
  in->after_cr = c == '\r';
  in->returns += c == '\r';
  if (!skip) take_clean(in, c == '\r' ? '\n' : c);
}

int input_fill(struct input *in)
{
  while (!in->len && !in->ended) {
    ssize_t i, r = read(in->fd, in->raw, sizeof in->raw);
    if (r == -1 && errno == EINTR) continue;
    if (r == -1) return -1;
    if (!r) in->ended = 1;
    in->s = in->clean;
    for (i = 0; i < r && !in->ended; i++) take_raw(in, in->raw[i]);
  }
  return in->len > 0;
}

int input_line(struct input *in, stralloc *sa, size_t max)
{
  char const *nl = 0;
  size_t before = sa->len;

  while (!nl) {
    size_t n;
    int r = input_fill(in);
    if (r == -1) return -1;
    if (!r) return sa->len > before;
    nl = memchr(in->s, '\n', in->len);
    n = nl ? (size_t)(nl - in->s) + 1 : in->len;
    if (n > max || sa->len > max - n) {
      errno = EMSGSIZE;
      return -1;
    }
    if (!stralloc_catb(sa, in->s, n)) return -1;
    in->s += n;
    in->len -= n;
  }
  return 1;
}
