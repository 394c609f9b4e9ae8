/* quote.c - see quote.h */

#include <string.h>

#include "lib/addr/quote.h"

static int is_atext(char c)
{
  unsigned char u = (unsigned char)c;

  return u > 127 || (u > 32 && u < 127 && !strchr("()<>[]:;@\\,.\"", c));
}

static int put_quoted(stralloc *sa, char const *s, size_t len)
{
  size_t i;

  if (!stralloc_catb(sa, "\"", 1)) return 0;
  for (i = 0; i < len; i++) {
    unsigned char u = (unsigned char)s[i];
    if ((u == '"' || u == '\\') && !stralloc_catb(sa, "\\", 1)) return 0;
    if (!stralloc_catb(sa, u < 32 || u == 127 ? " " : s + i, 1)) return 0;
  }
  return stralloc_catb(sa, "\"", 1);
}

/* atoms with single characters of this kind between them, none at either end */
static int is_row(char const *s, size_t len, char between)
{
  size_t i;

  if (!len || s[0] == between || s[len - 1] == between) return 0;
  for (i = 0; i < len; i++)
    if (!is_atext(s[i]) && (s[i] != between || s[i + 1] == between)) return 0;
  return 1;
}

static size_t local_part(char const *s, size_t len)
{
  char const *at = memrchr(s, '@', len);

  return at ? (size_t)(at - s) : len;
}

int quote_is_plain(char const *s, size_t len)
{
  return is_row(s, local_part(s, len), '.');
}

int quote_address(stralloc *sa, char const *s, size_t len)
{
  size_t local = local_part(s, len);

  if (quote_is_plain(s, len)) return stralloc_catb(sa, s, len);
  return put_quoted(sa, s, local) && stralloc_catb(sa, s + local, len - local);
}

int quote_phrase(stralloc *sa, char const *s, size_t len)
{
  return is_row(s, len, ' ') ? stralloc_catb(sa, s, len) : put_quoted(sa, s, len);
}
