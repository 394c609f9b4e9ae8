/* blank.c - see blank.h */

#include <string.h>

#include "lib/conf/blank.h"

/* What no one sees besides: the BOM that some editors put in front of UTF-8 (files put together have it in their
   midst), and the blanks of web pages that keep a line together or have no width. */
static char const *const blanks[] = { " ", "\t", "\r", "\xef\xbb\xbf", "\xc2\xa0", "\xe2\x80\x8b" };

#define BLANKS (sizeof blanks / sizeof *blanks)

size_t blank_at(char const *s, size_t len)
{
  size_t i;

  for (i = 0; i < BLANKS; i++) {
    size_t n = strlen(blanks[i]);
    if (len >= n && !memcmp(s, blanks[i], n)) return n;
  }
  return 0;
}

char *blank_skip(char *s, char const *end)
{
  size_t n;

  while ((n = blank_at(s, (size_t)(end - s)))) s += n;
  return s;
}

size_t blank_cut(char const *s, size_t len)
{
  size_t i = 0;

  while (i < BLANKS) {
    size_t n = strlen(blanks[i]);
    int ends = len >= n && !memcmp(s + len - n, blanks[i], n);
    if (ends) len -= n;
    i = ends ? 0 : i + 1;
  }
  return len;
}
