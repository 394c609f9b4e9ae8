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
  check("an atom", xtext_atom("rfc822", 6) && xtext_atom("utf-8", 5));
  check("no atoms", !xtext_atom("", 0) && !xtext_atom("a.b", 3) && !xtext_atom("a b", 3) && !xtext_atom("a\377", 2));
  return unit_end();
}
