/* date.c - see date.h */

#include <stdio.h>
#include <time.h>

#include "lib/msg/date.h"

size_t date_format(char s[DATE_MAX], int64_t seconds)
{
  static char const months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  time_t t = (time_t)seconds;
  struct tm tm;

  if (!gmtime_r(&t, &tm)) {
    t = 0;
    gmtime_r(&t, &tm);
  }
  return (size_t)snprintf(s, DATE_MAX, "%d %s %04d %02d:%02d:%02d -0000", tm.tm_mday, months[tm.tm_mon],
                          tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}
