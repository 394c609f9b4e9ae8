/* own.c - see own.h */

#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>

#include "remote/own.h"

#define OWN_MAX 1024            /* addresses of this host; more are not known to us */

static struct net_address own[OWN_MAX];
static unsigned int own_count;

int own_start(void)
{
  struct ifaddrs *list, *i;

  if (getifaddrs(&list) == -1) return -1;
  for (i = list; i && own_count < OWN_MAX; i = i->ifa_next) {
    struct net_address *a = own + own_count;
    if (!i->ifa_addr) continue;
    memset(a, 0, sizeof *a);
    a->family = i->ifa_addr->sa_family;
    if (a->family == AF_INET) memcpy(a->ip, &((struct sockaddr_in *)(void *)i->ifa_addr)->sin_addr, 4);
    else if (a->family == AF_INET6) memcpy(a->ip, &((struct sockaddr_in6 *)(void *)i->ifa_addr)->sin6_addr, 16);
    else continue;
    own_count++;
  }
  freeifaddrs(list);
  return 0;
}

/* the first byte of an IPv4 address, however it is written; -1 when it is none */
static int v4_net(struct net_address const *a)
{
  static unsigned char const mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255 };

  if (a->family == AF_INET) return a->ip[0];
  return memcmp(a->ip, mapped, sizeof mapped) ? -1 : a->ip[12];
}

static int v6_is(struct net_address const *a, unsigned char last)
{
  static unsigned char const zero[15];

  return a->family == AF_INET6 && !memcmp(a->ip, zero, sizeof zero) && a->ip[15] == last;
}

int own_unspecified(struct net_address const *a)
{
  return v4_net(a) == 0 || v6_is(a, 0);
}

int own_address(struct net_address const *a)
{
  unsigned int i;

  if (own_unspecified(a) || v4_net(a) == 127 || v6_is(a, 1)) return 1;
  for (i = 0; i < own_count; i++)
    if (net_same(own + i, a)) return 1;
  return 0;
}
