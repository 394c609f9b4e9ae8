/* keyword.c - see keyword.h */

#include <string.h>
#include <strings.h>

#include "lib/smtp/keyword.h"

#define NAME(name, kept) #name,

char const *const keyword_names[KEYWORDS] = { KEYWORD_ROWS(NAME) };

unsigned int keyword_bit(char const *s, size_t len)
{
  unsigned int i;

  for (i = 0; i < KEYWORDS; i++)
    if (strlen(keyword_names[i]) == len && !strncasecmp(keyword_names[i], s, len)) return 1U << i;
  return 0;
}

unsigned int keyword_bits(char const *s, char const **bad)
{
  unsigned int all = 0, bit;
  size_t len;

  for (s += strspn(s, KEYWORD_BETWEEN); *s; s += len + strspn(s + len, KEYWORD_BETWEEN)) {
    len = strcspn(s, KEYWORD_BETWEEN);
    bit = keyword_bit(s, len);
    if (!bit) *bad = s;
    all |= bit;
  }
  return all;
}

int keyword_list_ok(char const *s)
{
  size_t len = strcspn(s, ",");

  return keyword_bit(s, len) && (!s[len] || keyword_list_ok(s + len + 1));
}
