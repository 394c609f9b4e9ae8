/* foreign.c - see foreign.h */

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "in/foreign.h"

#define TLS_HANDSHAKE 0x16      /* RFC 8446 5.1 */

int foreign_line(char const *line)
{
  static char const *const verbs[] = {
    "GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT", "DELETE", "PATCH", "TRACE", "PRI", "INVITE"
  };
  size_t len = strcspn(line, " "), i;

  if (!strncmp(line, "SSH-", 4) || *line == TLS_HANDSHAKE) return 1;
  for (i = 0; line[len] && i < sizeof verbs / sizeof *verbs; i++)
    if (strlen(verbs[i]) == len && !strncasecmp(verbs[i], line, len)) return 1;
  return 0;
}
