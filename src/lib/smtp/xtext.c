/* xtext.c - see xtext.h */

#include <string.h>

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

int xtext_atom(char const *s, size_t len)
{
  size_t i;

  for (i = 0; i < len; i++)
    if (s[i] <= 32 || s[i] > 126 || strchr("()<>[]:;@\\,.\"", s[i])) return 0;
  return len > 0;
}
