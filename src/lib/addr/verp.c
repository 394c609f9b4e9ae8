/* verp.c - see verp.h */

#include <stdio.h>
#include <string.h>

#include "lib/addr/verp.h"

int verp_is_nobody(char const *sender)
{
  return !*sender || !strcmp(sender, VERP_DOUBLE);
}

size_t verp_strip(char const *sender)
{
  size_t len = strlen(sender), end = sizeof VERP_END - 1;

  return len > end && !strcmp(sender + len - end, VERP_END) ? len - end : len;
}

int verp_is(char const *sender)
{
  size_t len = verp_strip(sender);

  return sender[len] && memchr(sender, '@', len);
}

size_t verp_make(char *to, size_t size, char const *sender, char const *recipient)
{
  int len = (int)verp_strip(sender);
  char const *host = memrchr(sender, '@', (size_t)len), *at = strrchr(recipient, '@');
  int pre = (int)(host - sender), box = at ? (int)(at - recipient) : (int)strlen(recipient);

  return (size_t)snprintf(to, size, "%.*s%.*s%s%s%.*s", pre, sender, box, recipient, at ? "=" : "", at ? at + 1 : "",
                          len - pre, host);
}
