/* received.c - see received.h */

#include <stdio.h>
#include <string.h>

#include "in/received.h"
#include "lib/msg/date.h"

#define NAME_MAX_BYTES 255

static char const safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]";

static void copy_safe(char out[NAME_MAX_BYTES + 1], char const *s)
{
  size_t i;

  for (i = 0; i < NAME_MAX_BYTES && s[i]; i++) out[i] = strchr(safe, s[i]) ? s[i] : '?';
  out[i] = 0;
}

size_t received_format(char s[RECEIVED_MAX], struct peer const *peer, char const *helo, char const *me,
                       char const *protocol, int64_t now)
{
  char from[NAME_MAX_BYTES + 1], by[NAME_MAX_BYTES + 1], date[DATE_MAX];
  size_t len = (size_t)snprintf(s, RECEIVED_MAX, "Received: ");

  copy_safe(from, *helo ? helo : "unknown");
  copy_safe(by, me);
  date_format(date, now);
  if (peer) {
    len += (size_t)snprintf(s + len, RECEIVED_MAX - len, "from %s", from);
    if (*peer->ip)
      len += (size_t)snprintf(s + len, RECEIVED_MAX - len, " (%s%s[%s%s])", peer->host, *peer->host ? " " : "",
                              strchr(peer->ip, ':') ? "IPv6:" : "", peer->ip);
    len += (size_t)snprintf(s + len, RECEIVED_MAX - len, "\n  ");
  }
  return len + (size_t)snprintf(s + len, RECEIVED_MAX - len, "by %s with %s; %s\n", by, protocol, date);
}
