/* metrics.c - see metrics.h */

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "door/metrics.h"

char const *const metrics_state[METRICS_STATES] = {
  [METRICS_NEW] = "new", [METRICS_DUE] = "due", [METRICS_WAITING] = "waiting", [METRICS_UNDERWAY] = "underway",
  [METRICS_HELD] = "held", [METRICS_DAMAGED] = "damaged", [METRICS_DONE] = "done",
};

static int whole_number(char const *s, size_t len, long long *value)
{
  long long n = 0;
  size_t i;

  for (i = 0; i < len; i++) {
    int digit = s[i] - '0';
    if (digit < 0 || digit > 9 || n > (LLONG_MAX - digit) / 10) return 0;
    n = n * 10 + digit;
  }
  *value = n;
  return len > 0;
}

int metrics_find(char const *file, size_t len, char const *name, long long *value)
{
  size_t n = strlen(name);

  while (len) {
    char const *end = memchr(file, '\n', len);
    size_t line = end ? (size_t)(end - file) : len;
    if (!end) return 0;         /* it is cut off */
    if (line > n && !memcmp(file, name, n) && file[n] == ' ') return whole_number(file + n + 1, line - n - 1, value);
    file += line + 1;
    len -= line + 1;
  }
  return 0;
}

int metrics_find_state(char const *file, size_t len, char const *name, enum metrics_state state, long long *value)
{
  char full[METRICS_NAME_MAX];

  snprintf(full, sizeof full, "%s{state=\"%s\"}", name, metrics_state[state]);
  return metrics_find(file, len, full, value);
}
