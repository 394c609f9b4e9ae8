/* original.c - see original.h */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bounce/original.h"

/* Fills the text from the message's beginning: the bytes read, or -1. */
static ssize_t fill(struct original *o, int fd)
{
  size_t got = 0;

  while (got < sizeof o->text) {
    ssize_t r = pread(fd, o->text + got, sizeof o->text - got, (off_t)got);
    if (r == -1 && errno == EINTR) continue;
    if (r == -1) return -1;
    if (!r) break;
    got += (size_t)r;
  }
  return (ssize_t)got;
}

int original_read(struct original *o, int fd)
{
  ssize_t got = fill(o, fd);
  char *end, *last;
  size_t i;

  if (got == -1) return -1;
  o->len = (size_t)got;
  o->cut = o->eight_bit = 0;
  end = got && o->text[0] == '\n' ? o->text : memmem(o->text, o->len, "\n\n", 2);
  if (end) o->len = end == o->text ? 0 : (size_t)(end - o->text) + 1;
  else if (o->len == sizeof o->text) {
    last = memrchr(o->text, '\n', o->len);
    o->len = last ? (size_t)(last - o->text) + 1 : 0;
    o->cut = 1;
  }
  else if (got && o->text[o->len - 1] != '\n') o->text[o->len++] = '\n';
  for (i = 0; i < o->len; i++) {
    if (o->text[i] == '\r' || !o->text[i]) o->text[i] = '?';    /* cannot be in the queue; would not get in again */
    o->eight_bit |= (unsigned char)o->text[i] > 127;
  }
  return 0;
}
