/* peer.c - see peer.h */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "in/peer.h"
#include "lib/addr/path.h"
#include "lib/io/log.h"

void peer_text(char *out, struct net_address const *ip)
{
  struct net_address a = *ip;

  net_plain(&a);
  net_format(out, &a);
}

int peer_address(char *out, char const *s)
{
  struct net_address a;

  if (!net_parse(&a, s, strcspn(s, "%"))) return 0;     /* a link-local address may come with its interface */
  peer_text(out, &a);
  return 1;
}

static void from_socket(char *out, int fd, int (*ask)(int, struct sockaddr *, socklen_t *))
{
  struct sockaddr_storage from = { .ss_family = AF_UNSPEC };
  struct net_address ip;
  socklen_t len = sizeof from;

  if (ask(fd, (struct sockaddr *)&from, &len) == 0 && net_from(&ip, &from)) net_format(out, &ip);
}

static void from_environment(char *out, char const *name)
{
  char const *s = getenv(name);

  if (!s || !peer_address(out, s)) *out = 0;
}

void peer_find(struct peer *p, int fd)
{
  char const *host = getenv("TCPREMOTEHOST"), *info = getenv("TCPREMOTEINFO");

  memset(p, 0, sizeof *p);
  from_environment(p->ip, "TCPREMOTEIP");
  from_environment(p->local_ip, "TCPLOCALIP");
  if (!getenv("TCPREMOTEIP")) from_socket(p->ip, fd, getpeername);
  if (!getenv("TCPLOCALIP")) from_socket(p->local_ip, fd, getsockname);
  if (host && *host && strcmp(host, "unknown") && !host[path_domain(host)] && strlen(host) <= PEER_HOST_MAX)
    memcpy(p->host, host, strlen(host) + 1);
  if (info) snprintf(p->info, sizeof p->info, "%s", info);
}

void peer_known(struct peer *p, struct net_address const *ip, struct net_address const *local)
{
  memset(p, 0, sizeof *p);
  peer_text(p->ip, ip);
  peer_text(p->local_ip, local);
}

void peer_replace(struct peer *p, char const *ip, char const *local_ip)
{
  memcpy(p->via, p->ip, sizeof p->via);
  snprintf(p->ip, sizeof p->ip, "%s", ip);
  snprintf(p->local_ip, sizeof p->local_ip, "%s", local_ip);
  p->host[0] = p->info[0] = 0;
}

void peer_log(struct peer const *p)
{
  log_field("ip", p->ip);
  if (*p->via) log_field("via", p->via);
}
