/* xtext.c - see xtext.h */

#include <stdint.h>
#include <string.h>

#include "lib/msg/utf8.h"
#include "lib/smtp/xtext.h"

static char const hex[] = "0123456789ABCDEF";

static int digit(char c)
{
  char const *at = c ? strchr(hex, c) : 0;

  return at ? (int)(at - hex) : -1;
}

/* the byte that +HH at s stands for, or -1 */
static int encoded(char const *s, size_t len)
{
  int high = len > 2 ? digit(s[1]) : -1, low = high < 0 ? -1 : digit(s[2]);

  return low < 0 ? -1 : high * 16 + low;
}

int xtext_ok(char const *s, size_t len)
{
  size_t i;

  for (i = 0; i < len; i++) {
    if (s[i] <= 32 || s[i] > 126 || s[i] == '=') return 0;
    if (s[i] != '+') continue;
    if (encoded(s + i, len - i) < 32 || encoded(s + i, len - i) > 126) return 0;
    i += 2;
  }
  return 1;
}

/* the length of \x{HEX} at s when that is a character: two to six digits, no zero before more than two */
static size_t embedded(char const *s)
{
  uint32_t point = 0;
  size_t n;

  if (strncmp(s, "\\x{", 3)) return 0;
  for (n = 3; n < 9 && digit(s[n]) >= 0; n++) point = point * 16 + (uint32_t)digit(s[n]);
  if (n < 5 || (n > 5 && s[3] == '0') || s[n] != '}') return 0;
  return point < 32 || (point > 126 && point < 0xa0) || (point >= 0xd800 && point <= 0xdfff) || point > 0x10ffff
    ? 0 : n + 1;
}

int xtext_utf8_ok(char const *s, int plain)
{
  while (*s) {
    size_t n = *s == '\\' ? embedded(s) : *s > 32 && *s < 127 ? *s != '+' && *s != '=' : plain ? utf8_char(s) : 0;
    if (!n) return 0;
    s += n;
  }
  return 1;
}

int xtext_atom(char const *s, size_t len)
{
  size_t i;

  for (i = 0; i < len; i++)
    if (s[i] <= 32 || s[i] > 126 || strchr("()<>[]:;@\\,.\"", s[i])) return 0;
  return len > 0;
}

int xtext_encode(char *out, char const *s)
{
  for (; *s; s++) {
    if (*s < 32 || *s > 126) return 0;
    if (*s != ' ' && *s != '+' && *s != '=') *out++ = *s;
    else {
      *out++ = '+';
      *out++ = hex[*s >> 4];
      *out++ = hex[*s & 15];
    }
  }
  *out = 0;
  return 1;
}
