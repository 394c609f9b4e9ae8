/* metrics.c - what mail-check finds in a file of numbers, whole or damaged */

#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "door/metrics.h"

static char const file[] =
  "# HELP bulkhead_queue_messages Messages.\n# TYPE bulkhead_queue_messages gauge\n"
  "bulkhead_queue_messages{state=\"new\"} 3\nbulkhead_queue_messages{state=\"held\"} 9223372036854775807\n"
  "bulkhead_queue_messages{state=\"done\"} 9223372036854775808\nplain 12\nbad \nsign -1\nfraction 1.5\nend 7";

static int found(char const *name, long long want)
{
  long long n = -1;

  return metrics_find(file, sizeof file - 1, name, &n) ? n == want : want == -1;
}

/* Any part of the file, in memory that ends with it: what is found was there. */
static int any_part_is_sound(void)
{
  size_t len;
  int good = 1;

  for (len = 0; len < sizeof file; len++) {
    char *s = malloc(len + 1);
    long long n = 0;
    if (!s) return 0;
    memcpy(s, file, len);
    if (metrics_find(s, len, "plain", &n)) good = good && n == 12;
    if (len) s[len / 2] = (char)(s[len / 2] ^ 1);
    metrics_find(s, len, "plain", &n);
    metrics_find_state(s, len, METRICS_QUEUE, METRICS_HELD, &n);
    free(s);
  }
  return good;
}

int main(void)
{
  long long n;

  check("a number", found("plain", 12));
  check("one of a state", metrics_find_state(file, sizeof file - 1, METRICS_QUEUE, METRICS_NEW, &n) && n == 3);
  check("the largest", metrics_find_state(file, sizeof file - 1, METRICS_QUEUE, METRICS_HELD, &n) && n > 0);
  check("not one that is larger", !metrics_find_state(file, sizeof file - 1, METRICS_QUEUE, METRICS_DONE, &n));
  check("none of that name", found("plai", -1) && found("none", -1));
  check("none that is no whole number", found("bad", -1) && found("sign", -1) && found("fraction", -1));
  check("none that is cut off", found("end", -1));
  check("every part and every changed byte", any_part_is_sound());
  return unit_end();
}
