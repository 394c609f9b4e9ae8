/* front.c - see front.h */

#include <string.h>

#include "in/front.h"
#include "lib/conf/control.h"
#include "lib/io/net.h"

static struct control_table hosts;

char const *front_start(void)
{
  return control_table("proxyhosts", &hosts, 0) == -1 ? "proxyhosts" : 0;
}

int front_is(char const *ip)
{
  struct net_address peer;
  struct net_network n;
  size_t i;

  if (!net_parse(&peer, ip, strlen(ip))) return 0;
  for (i = 0; i < hosts.n; i++)
    if (net_network_parse(&n, hosts.entries[i].key) && net_within(&peer, &n)) return 1;
  return 0;
}
