/* escape.c - every byte of an address, a parameter or a text in its notice */

#include <string.h>

#include "bounce/escape.h"
#include "unit.h"

static stralloc sa = STRALLOC_ZERO;

static int is(int r, char const *want)
{
  int same = r && sa.len == strlen(want) && !memcmp(sa.s, want, sa.len);

  sa.len = 0;
  return same;
}

#define put(s, utf8) escape_put(&sa, s, sizeof s - 1, utf8)

static void bytes(void)
{
  char all[256];
  size_t i;
  int good = 1;

  check("printable ASCII stays", is(put(" az~\\", 0), " az~\\") && is(put(" az~\\", 1), " az~\\"));
  check("the rest is escaped", is(put("\n\r\t\x7f\0x", 0), "\\x0a\\x0d\\x09\\x7f\\x00x"));
  check("UTF-8 stays where it may", is(put("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 1),
        "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")
        && is(put("\xc3\xa9", 0), "\\xc3\\xa9"));
  check("no control character in it", is(put("\xc2\x85", 1), "\\xc2\\x85") && is(put("\xc2\xa0", 1), "\xc2\xa0"));
  check("too long, surrogate, too high, cut", is(put("\xc0\xaf", 1), "\\xc0\\xaf")
        && is(put("\xe0\x80\x8a", 1), "\\xe0\\x80\\x8a")
        && is(put("\xed\xa0\x80", 1), "\\xed\\xa0\\x80") && is(put("\xf4\x90\x80\x80", 1), "\\xf4\\x90\\x80\\x80")
        && is(put("\xe2\x82", 1), "\\xe2\\x82") && is(put("\xf0\x80\x80\x8a", 1), "\\xf0\\x80\\x80\\x8a"));
  for (i = 0; i < 256; i++) all[i] = (char)i;
  for (i = 0; i < 256; i++) {
    sa.len = 0;
    escape_put(&sa, all + i, 1, 1);
    good = good && sa.len == (i >= 32 && i < 127 ? 1 : 4);
  }
  sa.len = 0;
  check("every byte alone", good);
  check("what is UTF-8", escape_is_utf8("\xc3\xa9@x") && !escape_is_utf8("e@x") && !escape_is_utf8("\xc3@x")
        && !escape_is_utf8("") && !escape_is_utf8("\xc3\xa9\n"));
}

static void parameters(void)
{
  check("xtext", is(escape_xtext(&sa, "a+2Bb+3Dc+20d", 0), "a+b=c d")
        && is(escape_xtext(&sa, "a+0AX:+20y", 0), "a\\x0aX: y"));
  check("what is no xtext stays", is(escape_xtext(&sa, "a+", 0), "a+") && is(escape_xtext(&sa, "+4", 0), "+4")
        && is(escape_xtext(&sa, "+zz+ 1", 0), "+zz+ 1"));
  check("rfc822", is(escape_orcpt(&sa, "rfc822;a+2Bb@x", 0), "rfc822; a+b@x"));
  check("some type", is(escape_orcpt(&sa, "x400;/a+0Ab", 0), "x400; /a\\x0ab")
        && is(escape_orcpt(&sa, "a\nb;x", 0), "a\\x0ab; x"));
  check("no type", is(escape_orcpt(&sa, "a@x", 0), "") && is(escape_orcpt(&sa, ";a@x", 0), ""));
  check("utf-8 in UTF-8", is(escape_orcpt(&sa, "utf-8;\\x{E9}+2B@x", 1), "utf-8; \xc3\xa9+2B@x")
        && is(escape_orcpt(&sa, "UTF-8;\\x{20AC}\\x{1F600}@x", 1), "UTF-8; \xe2\x82\xac\xf0\x9f\x98\x80@x")
        && is(escape_orcpt(&sa, "utf-8;\xc3\xa9@x", 1), "utf-8; \xc3\xa9@x"));
  check("utf-8 in ASCII",
        is(escape_orcpt(&sa, "utf-8;\\x{e9}\xe2\x82\xac\\x{2B}@x", 0), "utf-8; \\x{E9}\\x{20AC}\\x{2B}@x"));
  check("a code point that is none", is(escape_orcpt(&sa, "utf-8;\\x{D800}\\x{110000}\\x{}\\x{A}\\x{1", 1),
        "utf-8; \\xed\\xa0\\x80\\x{110000}\\x{}\\x0a\\x{1"));
}

static void bounds(void)
{
  static char s[1901];
  size_t i;
  int good = 1;

  memset(s, 'a', sizeof s - 1);
  check("a long address is cut", escape_address(&sa, s, 0) && sa.len == 903 && !memcmp(sa.s + 900, "...", 3));
  sa.len = 0;
  for (i = 1; i + 2 < sizeof s; i += 2) memcpy(s + i, "\xc3\xa9", 2);
  s[sizeof s - 1] = 0;
  check("between characters", escape_address(&sa, s, 1) && sa.len == 902 && (unsigned char)sa.s[898] == 0xa9);
  sa.len = 0;
  check("words too", escape_words(&sa, s, 0, 1));
  for (i = 0; i < sa.len; i++) good = good && sa.s[i] != '\\';
  check("none of them is cut in a character", good);
  sa.len = 0;
  check("words are folded", is(escape_words(&sa, "\r\n a \n\tb\r", 0, 0), " a b"));
}

int main(void)
{
  bytes();
  parameters();
  bounds();
  stralloc_free(&sa);
  return unit_end();
}
