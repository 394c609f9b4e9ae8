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

static void take_body(struct input *in, char c)
{
  int ends_line = c == '\n' && in->after_cr;

  if (!c) {
    in->nuls++;
    return;
  }
  in->returns += c == '\r';
  in->returns -= ends_line;
  in->after_cr = c == '\r';
  if (!ends_line) take_clean(in, c == '\r' ? '\n' : c);
  if (in->ended) in->returns -= c == '\r';      /* the dot's own: its LF is read no more */
}

static void take_header(struct input *in, char c)
{
  if (!c || c == '\r') {
    in->nuls += !c;
    in->held += c == '\r';
    in->in_row = 1;
    return;
  }
  if (in->in_row && c != '\n') {
    in->returns += in->held;
    take_clean(in, ' ');
  }
  in->held = 0;
  in->in_row = 0;
  take_clean(in, c);
}

/* Sees to raw bytes. 1, 0 at the end, -1 with errno. */
static int fill_raw(struct input *in)
{
  ssize_t r;

  in->s = in->clean;
  if (in->raw_at < in->raw_len) return 1;
  do r = read(in->fd, in->raw, sizeof in->raw);
  while (r == -1 && errno == EINTR);
  if (r == -1) return -1;
  in->raw_at = 0;
  in->raw_len = (size_t)r;
  if (!r) in->ended = 1;
  return r > 0;
}

int input_fill(struct input *in)
{
  while (!in->len && !in->ended) {
    if (fill_raw(in) == -1) return -1;
    while (in->raw_at < in->raw_len && !in->ended) take_body(in, in->raw[in->raw_at++]);
  }
  return in->len > 0;
}

int input_line(struct input *in, stralloc *sa, size_t max)
{
  size_t before = sa->len;
  int whole = 0;

  while (!whole && !in->ended) {
    if (fill_raw(in) == -1) return -1;
    while (in->raw_at < in->raw_len && !in->ended && !whole) {
      take_header(in, in->raw[in->raw_at++]);
      whole = in->len && in->clean[in->len - 1] == '\n';
    }
    if (in->len > max || sa->len > max - in->len) {
      errno = EMSGSIZE;
      return -1;
    }
    if (in->len && !stralloc_catb(sa, in->clean, in->len)) return -1;
    in->len = 0;
  }
  return sa->len > before;
}
