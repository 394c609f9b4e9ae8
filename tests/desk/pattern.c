/* pattern.c - which addresses a pattern means */

#include <string.h>

#include "desk/pattern.h"
#include "unit.h"

int main(void)
{
  static char hard[2001], stars[1001];
  size_t i;

  check("an address is itself", pattern_match("Joe@A.test", "joe@a.test") && !pattern_match("joe@a.test", "xjoe@a.test"));
  check("a domain", pattern_match("@a.test", "joe@A.TEST") && !pattern_match("@a.test", "joe@b.a.test")
        && !pattern_match("@a.test", "joe"));
  check("all below a domain", pattern_match("@*.a.test", "joe@b.a.test") && !pattern_match("@*.a.test", "joe@a.test"));
  check("stars", pattern_match("*", "") && pattern_match("j*e@*.test", "joe@a.test") && pattern_match("**", "x")
        && !pattern_match("j*x@*", "joe@a.test") && pattern_match("*@*@a.test", "a@b@a.test"));
  check("the empty sender", pattern_match("<>", "") && !pattern_match("<>", "a"));
  check("bytes beyond ASCII are themselves", pattern_match("\303\244@a.test", "\303\244@a.test")
        && !pattern_match("\303\244@a.test", "\303\204@a.test"));
  check("the last @ makes the domain", pattern_match("@a.test", "x@b@a.test") && !pattern_match("@b@a.test", "x@b@a.test"));
  for (i = 0; i < sizeof stars - 1; i++) stars[i] = i % 2 ? 'a' : '*';
  memset(hard, 'a', sizeof hard - 1);
  hard[sizeof hard - 2] = 'b';
  check("a hard one ends soon", !pattern_text(stars, hard));
  check("a part", pattern_part("450 4.2.2 Full", 14, "4.2.2 full") && !pattern_part("450", 3, "4500") && pattern_part("x", 1, ""));
  return unit_end();
}
