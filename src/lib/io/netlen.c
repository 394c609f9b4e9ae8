/* netlen.c - see netlen.h */

#include <stdio.h>

#include "lib/io/netlen.h"

enum netlen_state netlen_step(struct netlen *n, char c, size_t max)
{
  size_t digit;

  if (c == ':') return n->digits ? NETLEN_DONE : NETLEN_BAD;
  if (c < '0' || c > '9' || (n->digits && !n->value)) return NETLEN_BAD;
  digit = (size_t)(c - '0');
  if (digit > max || n->value > (max - digit) / 10) return NETLEN_BAD;
  n->value = n->value * 10 + digit;
  n->digits++;
  return NETLEN_MORE;
}

size_t netlen_format(char s[NETLEN_MAX], size_t len)
{
  return (size_t)snprintf(s, NETLEN_MAX, "%zu:", len);
}
