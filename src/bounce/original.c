/* original.c - see original.h */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bounce/original.h"

/* Fills the text from the message's beginning. 0, or -1. */
static int fill(stralloc *text, int fd, size_t max)
{
  text->len = 0;
  if (!stralloc_ready(text, max + 1)) return -1;
  while (text->len < max) {
    ssize_t r = pread(fd, text->s + text->len, max - text->len, (off_t)text->len);
    if (r == -1 && errno == EINTR) continue;
    if (r == -1) return -1;
    if (!r) break;
    text->len += (size_t)r;
  }
  return 0;
}

/* How many bytes the header has, with the newline of its last line. */
static size_t header_len(stralloc const *text)
{
  char const *end = text->len && *text->s == '\n' ? text->s : memmem(text->s, text->len, "\n\n", 2);

  return !end ? text->len : end == text->s ? 0 : (size_t)(end - text->s) + 1;
}

/* Leaves the header, in whole lines. */
static void cut(struct original *o, size_t max)
{
  stralloc *text = &o->text;
  size_t len = header_len(text);
  char *last;

  if (len == text->len && len == max) {
    last = memrchr(text->s, '\n', len);
    len = last ? (size_t)(last - text->s) + 1 : 0;
    o->cut = 1;
  }
  text->len = len;
  if (len && text->s[len - 1] != '\n') text->s[text->len++] = '\n';
}

int original_read(struct original *o, int fd, int full, uint64_t bytes)
{
  size_t max = full ? (size_t)bytes : ORIGINAL_MAX, head, i;

  o->full = full;
  o->cut = o->eight_bit = o->eight_bit_head = 0;
  if (fill(&o->text, fd, max) == -1) return -1;
  if (!full) cut(o, max);
  head = header_len(&o->text);
  for (i = 0; i < o->text.len; i++) {
    char *c = o->text.s + i;
    if (*c == '\r' || !*c) *c = '?';    /* cannot be in the queue; would not get in again */
    o->eight_bit |= (unsigned char)*c > 127;
    if (i < head) o->eight_bit_head = o->eight_bit;
  }
  return 0;
}
