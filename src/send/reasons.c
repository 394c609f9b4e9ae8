/* reasons.c - see reasons.h */

#include <stdlib.h>
#include <string.h>

#include "send/reasons.h"

/* by the number of a message; those of one order have one text, which stays */
static char const **reason;
static uint32_t size;

static char const *text_of(char const *s)
{
  static char const *last = "";
  char *copy;

  if (!*s) return "";
  if (strcmp(s, last)) {
    copy = strdup(s);
    last = copy ? copy : "";
  }
  return last;
}

void reasons_put(known k, char const *s)
{
  char const **fresh;
  uint32_t n = k + k / 4 + 1024;

  if (k >= size) {
    if (!*s || n <= k || !(fresh = realloc(reason, n * sizeof *fresh))) return;
    memset(fresh + size, 0, (n - size) * sizeof *fresh);
    reason = fresh;
    size = n;
  }
  reason[k] = text_of(s);
}

char const *reasons_of(known k)
{
  return k < size && reason[k] ? reason[k] : "";
}
