/* utf8.c - see utf8.h */

#include "lib/msg/utf8.h"

size_t utf8_char(char const *s)
{
  static uint32_t const least[] = { 0, 0, 0xa0, 0x800, 0x10000 };
  unsigned char first = (unsigned char)*s;
  size_t len = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2, i;
  uint32_t point = first & (0x7fU >> len);

  if (first < 0xc0 || first > 0xf7) return 0;
  for (i = 1; i < len; i++) {
    if (((unsigned char)s[i] & 0xc0) != 0x80) return 0;
    point = point << 6 | ((unsigned char)s[i] & 0x3f);
  }
  return point < least[len] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff) ? 0 : len;
}

size_t utf8_next(char const *s, uint32_t *point)
{
  unsigned char first = (unsigned char)*s;
  size_t len = first > 127 ? utf8_char(s) : first != 0, i;

  *point = len > 1 ? first & (0x7fU >> len) : first;
  for (i = 1; i < len; i++) *point = *point << 6 | ((unsigned char)s[i] & 0x3f);
  return len;
}

int utf8_sound(char const *s)
{
  uint32_t point;
  size_t n;

  while ((n = utf8_next(s, &point))) s += n;
  return !*s;
}

int utf8_text(char const *s)
{
  uint32_t point;
  size_t n;

  while ((n = utf8_next(s, &point)) && point >= ' ' && point != 127) s += n;
  return !*s;
}

int utf8_beyond_ascii(char const *s)
{
  while (*s)
    if ((unsigned char)*s++ > 127) return 1;
  return 0;
}
