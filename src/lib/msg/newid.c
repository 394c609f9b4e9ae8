/* newid.c - see newid.h */

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "lib/msg/newid.h"

int newid(char id[NEWID_MAX], char const *host)
{
  time_t now = time(0);
  struct tm tm;
  uint64_t random;

  if (strlen(host) > NEWID_HOST_MAX || !gmtime_r(&now, &tm)
      || getrandom(&random, sizeof random, 0) != sizeof random) return 0;
  snprintf(id, NEWID_MAX, "<%04d%02d%02d%02d%02d%02d.%016llx@%s>", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
           tm.tm_hour, tm.tm_min, tm.tm_sec, (unsigned long long)random, host);
  return 1;
}
