/* front.c - see front.h */

#include <string.h>

#include "in/front.h"
#include "lib/conf/networks.h"

static struct networks hosts;

char const *front_start(void)
{
  return networks_read(&hosts, "proxyhosts") == -1 ? "proxyhosts" : 0;
}

int front_is(char const *ip)
{
  struct net_address peer;

  return net_parse(&peer, ip, strlen(ip)) && networks_have(&hosts, &peer);
}
