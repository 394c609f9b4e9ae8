/* told.c - texts with marks: what the log has of them, and what a bounce has */

#include <string.h>

#include "remote/told.h"
#include "unit.h"

static int reads(char const *marked, char const *log, char const *bounce)
{
  char text[TEXT_MAX + 1], told[TEXT_MAX];
  struct report_rcpt r = { 0 };
  size_t len;

  told_read(marked, text, &r);
  len = report_told(&r, told);
  return !memcmp(r.text, log, r.text_len) && r.text_len == strlen(log) && len == strlen(bounce) && !memcmp(told, bounce, len);
}

int main(void)
{
  static char longest[2 * TEXT_MAX];
  char name[TOLD_NAME_MAX], text[TEXT_MAX + 1];
  struct report_rcpt r = { 0 };

  told_read("5.1.1 no", text, &r);
  check("nothing is copied", !strcmp(r.text, "5.1.1 no") && r.text != text);
  check("nothing is marked", reads("5.1.1 mx.test answered", "5.1.1 mx.test answered", "5.1.1 mx.test answered"));
  check("a name", reads("5.1.1 " TOLD("10.0.0.1:25", TOLD_HOST) " said", "5.1.1 10.0.0.1:25 said", "5.1.1 the next host said"));
  check("no words", reads("a" TOLD(" b", "") " c", "a b c", "a c"));
  check("what other hosts said", reads("a b" TOLD_END "; c", "a b; c", "a b"));
  check("a second name ends it", reads(TOLD("a", "x") " b " TOLD("c", "y") " d", "a b c d", "x b"));
  check("nothing that leads to what is not told", reads("a: " TOLD_END "b", "a: b", "a")
        && reads(TOLD("a: ", "x") TOLD_END "b", "a: b", "x"));
  check("a cut name", reads("a " TOLD_OPEN "b", "a b", "a ") && reads("a " TOLD_OPEN "b" TOLD_ELSE "wo", "a b", "a wo"));
  check("stray marks do no harm", reads(TOLD_CLOSE "a" TOLD_ELSE "b" TOLD_CLOSE "c", "ac", "ac"));
  r = (struct report_rcpt){ .text = "5.0.0 /bin/p: no", .text_len = 16 };
  told_hide(&r, "/bin/p", "it");
  check("a name that is known", report_told(&r, text) == 12 && !memcmp(text, "5.0.0 it: no", 12));
  told_name(name, "10.0.0.1:25", 1);
  check("a host of the site", reads(name, "10.0.0.1:25", TOLD_HOST));
  told_name(name, "mx.test:25", 0);
  check("a host of the world", reads(name, "mx.test:25", "mx.test:25"));
  memset(longest, 'x', sizeof longest - 1);
  told_read(longest, text, &r);
  check("the longest text", r.text_len == TEXT_MAX && r.text == text && !text[TEXT_MAX]);
  return unit_end();
}
