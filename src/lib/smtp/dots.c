/* dots.c - see dots.h */

#include <string.h>

#include "lib/smtp/dots.h"

size_t dots_put(struct dots *d, char *out, char const *in, size_t len)
{
  char *start = out;

  for (; len && !d->bad; in++, len--) {
    if (*in == '\r' || !*in) {
      d->bad = 1;
      break;
    }
    if (*in == '\n') *out++ = '\r';
    else if (*in == '.' && !d->in_line && !d->plain) *out++ = '.';
    *out++ = *in;
    d->in_line = *in != '\n';
  }
  return (size_t)(out - start);
}

size_t dots_end(struct dots *d, char out[DOTS_END_MAX])
{
  size_t n = 0;

  if (d->bad) return 0;
  if (d->in_line) {
    memcpy(out, "\r\n", 2);
    n = 2;
  }
  if (d->plain) return n;
  memcpy(out + n, ".\r\n", 3);
  return n + 3;
}
