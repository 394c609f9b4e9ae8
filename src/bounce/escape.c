/* escape.c - see escape.h */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "bounce/escape.h"
#include "lib/addr/fold.h"
#include "lib/addr/quote.h"

#define WORD_MAX 200            /* raw bytes of a word before it is cut in two: 800 escaped; RFC 5322 2.1.1 has 998 */
#define SHOWN_MAX 900           /* bytes of an escaped address */
#define TYPE_MAX 60             /* of an address type */
#define POINT_DIGITS 6          /* of \x{HEX} */

#define goes_on(c) (((unsigned char)(c) & 0xc0) == 0x80)

/* The length of the character at s and its code point; 0 when it is not well-formed or a control character. */
static size_t character(char const *s, size_t len, uint32_t *point)
{
  unsigned char c = (unsigned char)*s;
  size_t n = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0, i;
  static uint32_t const least[] = { 0, 32, 0xa0, 0x800, 0x10000 };

  if (!n || n > len) return 0;
  *point = n == 1 ? c : c & (0xffU >> (n + 1));
  for (i = 1; i < n; i++) {
    if (!goes_on(s[i])) return 0;
    *point = *point << 6 | ((unsigned char)s[i] & 0x3fU);
  }
  return *point < least[n] || *point == 127 || *point > 0x10ffff || (*point >= 0xd800 && *point < 0xe000) ? 0 : n;
}

int escape_put(stralloc *sa, char const *s, size_t len, int utf8)
{
  size_t i = 0, n;
  uint32_t point;
  char e[5];

  for (; i < len; i += n ? n : 1) {
    n = character(s + i, len - i, &point);
    if (n > 1 && !utf8) n = 0;
    snprintf(e, sizeof e, "\\x%02x", (unsigned char)s[i]);
    if (!(n ? stralloc_catb(sa, s + i, n) : stralloc_cats(sa, e))) return 0;
  }
  return 1;
}

int escape_is_utf8(char const *s)
{
  size_t len = strlen(s), i = 0, n;
  uint32_t point, more = 0;

  for (; i < len; i += n) {
    n = character(s + i, len - i, &point);
    if (!n) return 0;
    more |= n > 1;
  }
  return (int)more;
}

/* What was put from start on, bounded; no character is cut in two. */
static int bound(stralloc *sa, size_t start)
{
  if (sa->len - start <= SHOWN_MAX) return 1;
  sa->len = start + SHOWN_MAX;
  while (sa->len > start && goes_on(sa->s[sa->len])) sa->len--;
  return stralloc_cats(sa, "...");
}

int escape_address(stralloc *sa, char const *address, int utf8)
{
  stralloc quoted = STRALLOC_ZERO;
  size_t start = sa->len;
  int r = quote_address(&quoted, address, strlen(address)) && escape_put(sa, quoted.s, quoted.len, utf8)
          && bound(sa, start);

  stralloc_free(&quoted);
  return r;
}

int escape_words(stralloc *sa, char const *s, size_t column, int utf8)
{
  struct fold f = { .out = sa, .column = column, .start = sa->len, .nomem = 0 };
  stralloc word = STRALLOC_ZERO;

  for (s += strspn(s, " \t\r\n"); *s && !f.nomem; s += strspn(s, " \t\r\n")) {
    size_t n = strcspn(s, " \t\r\n");
    if (n > WORD_MAX)
      for (n = WORD_MAX; n > WORD_MAX - 4 && goes_on(s[n]); n--);
    word.len = 0;
    if (escape_put(&word, s, n, utf8)) fold_put(&f, word.s, word.len, 1);
    else f.nomem = 1;
    s += n;
  }
  stralloc_free(&word);
  return !f.nomem;
}

/* The value of n hexadecimal digits, or -1. */
static long hexadecimal(char const *s, size_t n)
{
  char digits[POINT_DIGITS + 1];

  if (!n || n > POINT_DIGITS || strspn(s, "0123456789abcdefABCDEF") < n) return -1;
  memcpy(digits, s, n);
  digits[n] = 0;
  return strtol(digits, 0, 16);
}

/* Decodes xtext (+HH): appends the bytes. */
static int from_xtext(stralloc *out, char const *s)
{
  for (; *s; s++) {
    long c = *s == '+' ? hexadecimal(s + 1, 2) : -1;
    char b = c == -1 ? *s : (char)c;
    if (c != -1) s += 2;
    if (!stralloc_catb(out, &b, 1)) return 0;
  }
  return 1;
}

int escape_xtext(stralloc *sa, char const *s, int utf8)
{
  stralloc raw = STRALLOC_ZERO;
  size_t start = sa->len;
  int r = from_xtext(&raw, s) && escape_put(sa, raw.s, raw.len, utf8) && bound(sa, start);

  stralloc_free(&raw);
  return r;
}

static int put_point(stralloc *out, uint32_t p)
{
  char b[4] = { (char)(0xf0 | p >> 18), (char)(0x80 | (p >> 12 & 63)), (char)(0x80 | (p >> 6 & 63)),
                (char)(0x80 | (p & 63)) };

  if (p < 0x80) return stralloc_catb(out, (char[]){ (char)p }, 1);
  if (p < 0x800) return stralloc_catb(out, (char[]){ (char)(0xc0 | p >> 6), b[3] }, 2);
  if (p < 0x10000) return stralloc_catb(out, (char[]){ (char)(0xe0 | p >> 12), b[2], b[3] }, 3);
  return stralloc_catb(out, b, 4);
}

/* Decodes the \x{HEX} of utf-8-addr-xtext: appends UTF-8. */
static int from_points(stralloc *out, char const *s)
{
  while (*s) {
    size_t n = strncmp(s, "\\x{", 3) ? 0 : strcspn(s + 3, "}");
    long p = n && s[3 + n] ? hexadecimal(s + 3, n) : -1;
    if (p >= 0 && p <= 0x10ffff) {
      if (!put_point(out, (uint32_t)p)) return 0;
      s += n + 4;
    }
    else if (!stralloc_catb(out, s++, 1)) return 0;
  }
  return 1;
}

/* UTF-8 as utf-8-addr-xtext. */
static int put_points(stralloc *sa, char const *s, size_t len)
{
  size_t i = 0, n;
  uint32_t point;
  char e[16];

  for (; i < len; i += n ? n : 1) {
    n = character(s + i, len - i, &point);
    if (n) snprintf(e, sizeof e, "\\x{%lX}", (unsigned long)point);
    else snprintf(e, sizeof e, "\\x%02x", (unsigned char)s[i]);
    if (!(n == 1 && !strchr("\\+=", s[i]) ? stralloc_catb(sa, s + i, 1) : stralloc_cats(sa, e))) return 0;
  }
  return 1;
}

static int put_utf8_address(stralloc *sa, char const *s, int utf8)
{
  stralloc raw = STRALLOC_ZERO;
  size_t start = sa->len;
  int r = from_points(&raw, s) && (utf8 ? escape_put(sa, raw.s, raw.len, 1) : put_points(sa, raw.s, raw.len))
          && bound(sa, start);

  stralloc_free(&raw);
  return r;
}

int escape_orcpt(stralloc *sa, char const *s, int utf8)
{
  size_t n = strcspn(s, ";");

  if (!n || n > TYPE_MAX || !s[n]) return 1;
  if (!escape_put(sa, s, n, 0) || !stralloc_cats(sa, "; ")) return 0;
  if (n == 5 && !strncasecmp(s, "utf-8", 5)) return put_utf8_address(sa, s + n + 1, utf8);
  return escape_xtext(sa, s + n + 1, utf8);
}
