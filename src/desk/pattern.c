/* pattern.c - see pattern.h */

#include <string.h>
#include <strings.h>

#include "desk/pattern.h"

static char lower(char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* The last star takes one byte more whenever the rest does not fit. */
int pattern_text(char const *pattern, char const *s)
{
  char const *star = 0, *from = 0;

  while (*s) {
    if (*pattern == '*') {
      star = pattern++;
      from = s;
    }
    else if (lower(*pattern) == lower(*s)) {
      pattern++;
      s++;
    }
    else if (star) {
      pattern = star + 1;
      s = ++from;
    }
    else return 0;
  }
  while (*pattern == '*') pattern++;
  return !*pattern;
}

int pattern_match(char const *pattern, char const *address)
{
  char const *at = strrchr(address, '@');

  if (!strcmp(pattern, "<>")) return !*address;
  if (*pattern == '@') return at && pattern_text(pattern + 1, at + 1);
  return pattern_text(pattern, address);
}

int pattern_part(char const *s, size_t len, char const *part)
{
  size_t n = strlen(part), i;

  for (i = 0; i + n <= len; i++)
    if (!strncasecmp(s + i, part, n)) return 1;
  return 0;
}
