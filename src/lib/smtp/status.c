/* status.c - see status.h */

#include "lib/smtp/status.h"

size_t status_length(char const *s, char class)
{
  size_t n = 2, part, i;

  if (s[0] != class || s[1] != '.') return 0;
  for (part = 0; part < 2; part++) {
    for (i = 0; i < 3 && s[n] >= '0' && s[n] <= '9'; i++) n++;
    if (!i) return 0;
    if (!part && s[n++] != '.') return 0;
  }
  return s[n] == ' ' || s[n] == '\n' || !s[n] ? n : 0;
}
