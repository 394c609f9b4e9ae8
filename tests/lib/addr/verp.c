/* verp.c - senders that name each recipient */

#include <string.h>

#include "lib/addr/verp.h"
#include "unit.h"

static int makes(char const *sender, char const *recipient, char const *want)
{
  char s[64];

  return verp_is(sender) && verp_make(s, sizeof s, sender, recipient) == strlen(want) && !strcmp(s, want);
}

int main(void)
{
  char s[8];

  check("names the recipient", makes("list-@h.test-@[]", "a@x.test", "list-a=x.test@h.test"));
  check("one without a domain", makes("l-@h-@[]", "joe", "l-joe@h"));
  check("the last @ counts", makes("l@h-@[]", "a@b@c", "la@b=c@h") && makes("l@k@h-@[]", "a@b", "l@ka=b@h"));
  check("others do not", !verp_is("list-@h.test") && !verp_is(VERP_DOUBLE) && !verp_is(VERP_END) && !verp_is("x-@[]")
        && !verp_is("") && !verp_is("l-@h-@[]x"));
  check("nobody is told", verp_is_nobody("") && verp_is_nobody(VERP_DOUBLE) && !verp_is_nobody("#@[]x")
        && !verp_is_nobody("l-@h-@[]"));
  check("cut", verp_make(s, sizeof s, "l-@h-@[]", "joe@x.test") == strlen("l-joe=x.test@h") && !strcmp(s, "l-joe=x"));
  check("stripped", verp_strip("l-@h-@[]") == 4 && verp_strip("l-@h") == 4 && verp_strip("") == 0
        && verp_strip(VERP_END) == 4 && verp_strip(VERP_DOUBLE) == 4 && verp_strip("x-@[]") == 1);
  return unit_end();
}
