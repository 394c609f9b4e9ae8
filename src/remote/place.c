/* place.c - see place.h */

#include <string.h>

#include "lib/io/net.h"
#include "remote/place.h"

int place_split(char const *value, char *relay, size_t size, unsigned int *port)
{
  char const *end = strchr(value, *value == '[' ? ']' : ':'), *start = value;
  size_t len;

  if (*value == '[') {
    if (!end) return 0;
    start = value + 1;
  }
  len = end ? (size_t)(end - start) : strlen(start);
  if (len >= size) return 0;
  memcpy(relay, start, len);
  relay[len] = 0;
  if (*value == '[') end++;
  if (!end || !*end) return 1;
  *port = *end == ':' ? net_port(end + 1) : 0;
  return *port != 0;
}
