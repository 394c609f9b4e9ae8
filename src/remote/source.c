/* source.c - see source.h */

#include <string.h>
#include <sys/socket.h>

#include "lib/conf/control.h"
#include "lib/conf/value.h"
#include "remote/source.h"

static struct control_table outgoingip;
static char const *bare;        /* the address of a line that has nothing else */

int source_start(void)
{
  struct net_address a;
  size_t i;

  if (control_table("outgoingip", &outgoingip, 1) == -1) return -1;
  for (i = 0; i < outgoingip.n; i++)
    if (!*outgoingip.entries[i].value && net_parse(&a, outgoingip.entries[i].key, outgoingip.entries[i].len))
      bare = outgoingip.entries[i].key;
  return 0;
}

int source_find(struct net_address *a, char const *domain, int family)
{
  char const *value = control_find_domain(&outgoingip, domain, strlen(domain));

  if (!value) value = bare;
  return value && value_source(a, value, family) == 1;
}

int source_any(char const *domain)
{
  struct net_address a;

  return source_find(&a, domain, AF_INET) || source_find(&a, domain, AF_INET6);
}
