/* xtext.c - every byte, plain and encoded */

#include <string.h>

#include "lib/smtp/xtext.h"
#include "unit.h"

int main(void)
{
  char s[8];
  int c, plain = 1, encoded = 1, lower = 1, cut = 1;

  for (c = 1; c < 256; c++) {
    int want = c > 32 && c < 127 && c != '+' && c != '=', printable = c >= 32 && c < 127;
    s[0] = (char)c;
    plain = plain && xtext_ok(s, 1) == want;
    snprintf(s, sizeof s, "+%02X", (unsigned int)c);
    encoded = encoded && xtext_ok(s, 3) == printable;
    cut = cut && !xtext_ok(s, 2) && !xtext_ok(s, 1);
    snprintf(s, sizeof s, "+%02x", (unsigned int)c);
    if (strpbrk(s, "abcdef")) lower = lower && !xtext_ok(s, 3);
  }
  check("a byte for itself", plain);
  check("an encoded byte is printable", encoded);
  check("in upper case", lower);
  check("and whole", cut);
  check("NUL", !xtext_ok("a\0b", 3) && !xtext_ok("+00", 3));
  check("nothing", xtext_ok("", 0));
  check("utf-8-addr-xtext", xtext_utf8_ok("a\\x{E4}\\x{10FFFF}\\x{20}\\x{2B}@b", 0));
  check("no more digits, nor fewer", !xtext_utf8_ok("\\x{1}", 0) && !xtext_utf8_ok("\\x{00E4}", 0)
        && !xtext_utf8_ok("\\x{1234567}", 0) && !xtext_utf8_ok("\\x{}", 0) && !xtext_utf8_ok("\\x{e4}", 0));
  check("no control characters, surrogates, or ends missing", !xtext_utf8_ok("\\x{0A}", 0) && !xtext_utf8_ok("\\x{7F}", 0)
        && !xtext_utf8_ok("\\x{85}", 0) && !xtext_utf8_ok("\\x{D800}", 0) && !xtext_utf8_ok("\\x{110000}", 0)
        && !xtext_utf8_ok("\\x{E4", 0) && !xtext_utf8_ok("\\", 0) && !xtext_utf8_ok("\\x", 0));
  check("beyond ASCII only where it may be", xtext_utf8_ok("\303\244", 1) && !xtext_utf8_ok("\303\244", 0)
        && !xtext_utf8_ok("\303", 1) && !xtext_utf8_ok("a b", 1) && !xtext_utf8_ok("a+2B", 1));
  check("an atom", xtext_atom("rfc822", 6) && xtext_atom("utf-8", 5));
  check("no atoms", !xtext_atom("", 0) && !xtext_atom("a.b", 3) && !xtext_atom("a b", 3) && !xtext_atom("a\377", 2));
  return unit_end();
}
