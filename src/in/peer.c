/* peer.c - see peer.h */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "in/peer.h"
#include "lib/addr/path.h"
#include "lib/io/log.h"

static int v6_text(char *out, struct in6_addr const *ip)
{
  if (IN6_IS_ADDR_V4MAPPED(ip)) return inet_ntop(AF_INET, ip->s6_addr + 12, out, PEER_IP_MAX + 1) != 0;
  return inet_ntop(AF_INET6, ip, out, PEER_IP_MAX + 1) != 0;
}

int peer_address(char *out, char const *s)
{
  char text[PEER_IP_MAX + 1];
  size_t len = strcspn(s, "%");         /* a link-local address may come with its interface */
  struct in_addr v4;
  struct in6_addr v6;

  if (len >= sizeof text) return 0;
  memcpy(text, s, len);
  text[len] = 0;
  if (inet_pton(AF_INET, text, &v4) == 1) return inet_ntop(AF_INET, &v4, out, PEER_IP_MAX + 1) != 0;
  return inet_pton(AF_INET6, text, &v6) == 1 && v6_text(out, &v6);
}

static void from_socket(char *out, int fd, int (*ask)(int, struct sockaddr *, socklen_t *))
{
  union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_storage space;
  } a;
  socklen_t len = sizeof a;

  memset(&a, 0, sizeof a);
  if (ask(fd, &a.any, &len) == -1) return;
  if (a.any.sa_family == AF_INET) inet_ntop(AF_INET, &a.v4.sin_addr, out, PEER_IP_MAX + 1);
  if (a.any.sa_family == AF_INET6) v6_text(out, &a.v6.sin6_addr);
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
