/* keyword.c - see keyword.h */

#include <string.h>
#include <strings.h>

#include "lib/smtp/keyword.h"

static char const *const known[] = {
  "PIPELINING", "8BITMIME", "CHUNKING", "DSN", "SMTPUTF8", "SIZE", "LIMITS", "ENHANCEDSTATUSCODES"
};

int keyword_known(char const *s, size_t len)
{
  size_t i;

  for (i = 0; i < sizeof known / sizeof *known; i++)
    if (strlen(known[i]) == len && !strncasecmp(known[i], s, len)) return 1;
  return 0;
}
