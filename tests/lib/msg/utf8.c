/* utf8.c - every sequence of two and three bytes, and four at the edges, against the code points they must be */

#include <stdint.h>

#include "lib/msg/utf8.h"
#include "unit.h"

static size_t encode(char *s, uint32_t c)
{
  size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;

  for (i = len - 1; i; i--, c >>= 6) s[i] = (char)(0x80 | (c & 0x3f));
  s[0] = (char)(len == 1 ? c : ((0xf00U >> len) & 0xff) | c);
  s[len] = 0;
  return len;
}

static int all_points(void)
{
  char s[5];
  uint32_t c;

  for (c = 1; c <= 0x10ffff; c++) {
    size_t len = encode(s, c), want = c < 0xa0 || (c >= 0xd800 && c <= 0xdfff) ? 0 : len;
    if (utf8_char(s) != want) return 0;
  }
  return 1;
}

/* how many of all strings of four bytes whose first is this are a character that fills the first len of them */
static unsigned int count(unsigned int first, size_t len)
{
  unsigned int n = 0, rest, max = len == 2 ? 1 << 8 : len == 3 ? 1 << 16 : 1 << 24;
  size_t i;

  for (rest = 0; rest < max; rest++) {
    char s[5] = { (char)first };
    for (i = 1; i < len; i++) s[i] = (char)(rest >> 8 * (i - 1));
    n += utf8_char(s) == len;
  }
  return n;
}

static int next_is(char const *s, uint32_t want, size_t len)
{
  uint32_t point;

  return utf8_next(s, &point) == len && point == want;
}

int main(void)
{
  unsigned int first, two = 0, three = 0;

  check("every code point", all_points());
  for (first = 0; first < 256; first++) {
    two += count(first, 2);
    three += count(first, 3);
  }
  check("no other two bytes", two == 0x800 - 0xa0);
  check("no other three", three == 0x10000 - 0x800 - 0x800);
  check("overlong, too large, out of place", !utf8_char("\300\201") && !utf8_char("\340\200\201")
        && !utf8_char("\360\200\200\201") && !utf8_char("\364\220\200\200") && !utf8_char("\370\210\200\200\200")
        && !utf8_char("\200") && !utf8_char("\377") && !utf8_char("\303") && !utf8_char("") && !utf8_char("a"));
  check("one after the other", next_is("a", 'a', 1) && next_is("\x7f", 0x7f, 1) && next_is("\xc3\xa4x", 0xe4, 2)
        && next_is("\xe2\x82\xac", 0x20ac, 3) && next_is("\xf4\x8f\xbf\xbf", 0x10ffff, 4) && next_is("", 0, 0));
  check("none", next_is("\xc3", 0xc3, 0) && next_is("\x80", 0x80, 0) && next_is("\xed\xa0\x80", 0xed, 0));
  check("sound", utf8_sound("a\xc3\xa4") && utf8_sound("") && !utf8_sound("a\xc3") && !utf8_sound("\xa4"));
  check("text", utf8_text("a \xc3\xa4") && utf8_text("") && !utf8_text("a\xc3") && !utf8_text("a\tb") && !utf8_text("\x7f")
        && !utf8_text("\xc2\x85"));
  check("beyond", utf8_beyond_ascii("a\xc3\xa4") && !utf8_beyond_ascii("a\x7f"));
  return unit_end();
}
