/* date.c - dates of RFC 5322 */

#include <string.h>

#include "lib/msg/date.h"
#include "unit.h"

static int is(int64_t seconds, char const *want)
{
  char s[DATE_MAX];
  size_t len = date_format(s, seconds);

  return len == strlen(s) && !strcmp(s, want);
}

int main(void)
{
  char s[DATE_MAX];

  check("the start", is(0, "1 Jan 1970 00:00:00 -0000"));
  check("a leap day", is(951782400, "29 Feb 2000 00:00:00 -0000"));
  check("the last second of a year", is(1798761599, "31 Dec 2026 23:59:59 -0000"));
  check("after 2038", is(2147483648LL, "19 Jan 2038 03:14:08 -0000"));
  check("after 2106", is(4294967296LL, "7 Feb 2106 06:28:16 -0000"));
  check("before the start", is(-1, "31 Dec 1969 23:59:59 -0000"));
  check("a year of five digits", is(253402300800LL, "1 Jan 10000 00:00:00 -0000"));
  check("any number at all", date_format(s, INT64_MAX) < DATE_MAX && date_format(s, INT64_MIN) < DATE_MAX);
  return unit_end();
}
