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
    else if (*in == '.' && !d->in_line) *out++ = '.';
    *out++ = *in;
    d->in_line = *in != '\n';
  }
  return (size_t)(out - start);
}

size_t dots_end(struct dots *d, char out[DOTS_END_MAX])
{
  if (d->bad) return 0;
  if (d->in_line) {
    memcpy(out, "\r\n.\r\n", 5);
    return 5;
  }
  memcpy(out, ".\r\n", 3);
  return 3;
}
