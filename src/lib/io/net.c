/* net.c - see net.h */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/io/net.h"

#define BITS_DIGITS 3

int net_parse(struct net_address *a, char const *text, size_t len)
{
  char s[NET_TEXT_MAX];

  memset(a, 0, sizeof *a);
  if (len >= sizeof s || memchr(text, 0, len)) return 0;
  memcpy(s, text, len);
  s[len] = 0;
  a->family = memchr(s, ':', len) ? AF_INET6 : AF_INET;
  return inet_pton(a->family, s, a->ip) == 1;
}

int net_literal(struct net_address *a, char const *text, size_t len)
{
  size_t tag = len > 6 && !strncasecmp(text, "[IPv6:", 6) ? 6 : 1;

  return len > tag && text[0] == '[' && text[len - 1] == ']' && net_parse(a, text + tag, len - tag - 1)
         && (a->family == AF_INET6) == (tag == 6);
}

unsigned int net_port(char const *text)
{
  unsigned int port = 0;
  size_t i;

  for (i = 0; text[i] >= '0' && text[i] <= '9' && i < 5; i++) port = port * 10 + (unsigned int)(text[i] - '0');
  return text[i] || port > 65535 ? 0 : port;
}

int net_parse_port(struct net_address *a, char const *text, unsigned int standard)
{
  char const *end = text + strlen(text), *port = end;
  size_t len = strlen(text);

  if (*text == '[') {
    char const *close = strchr(text, ']');
    if (!close) return 0;
    text++;
    len = (size_t)(close - text);
    port = close + 1;
  }
  else if (strchr(text, ':') && !strchr(strchr(text, ':') + 1, ':')) {
    port = strchr(text, ':');
    len = (size_t)(port - text);
  }
  if (!net_parse(a, text, len)) return 0;
  a->port = standard;
  if (port == end) return 1;
  a->port = *port == ':' ? net_port(port + 1) : 0;
  return a->port != 0;
}

void net_format(char s[NET_TEXT_MAX], struct net_address const *a)
{
  if (!inet_ntop(a->family, a->ip, s, NET_TEXT_MAX)) memcpy(s, "?", 2);
}

/* the four bytes of an IPv4 address, however it is written; null when it is none */
static unsigned char const *v4(struct net_address const *a)
{
  static unsigned char const mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255 };

  if (a->family == AF_INET) return a->ip;
  return memcmp(a->ip, mapped, sizeof mapped) ? 0 : a->ip + sizeof mapped;
}

int net_same(struct net_address const *a, struct net_address const *b)
{
  unsigned char const *x = v4(a), *y = v4(b);

  if (x && y) return !memcmp(x, y, 4);
  return !x && !y && !memcmp(a->ip, b->ip, 16);
}

void net_plain(struct net_address *a)
{
  unsigned char const *ip = v4(a);

  if (!ip || a->family == AF_INET) return;
  memmove(a->ip, ip, 4);
  memset(a->ip + 4, 0, sizeof a->ip - 4);
  a->family = AF_INET;
}

int net_from(struct net_address *a, struct sockaddr_storage const *from)
{
  struct sockaddr_in in;
  struct sockaddr_in6 in6;

  memset(a, 0, sizeof *a);
  a->family = from->ss_family;
  if (a->family != AF_INET && a->family != AF_INET6) return 0;
  memcpy(&in, from, sizeof in);
  memcpy(&in6, from, sizeof in6);
  a->port = ntohs(a->family == AF_INET ? in.sin_port : in6.sin6_port);
  if (a->family == AF_INET) memcpy(a->ip, &in.sin_addr, sizeof in.sin_addr);
  else memcpy(a->ip, &in6.sin6_addr, sizeof in6.sin6_addr);
  net_plain(a);
  return 1;
}

/* 1 when the two agree in so many bits */
static int agree(unsigned char const *a, unsigned char const *b, unsigned int bits)
{
  unsigned int whole = bits / 8, rest = bits % 8;

  return !memcmp(a, b, whole) && (!rest || !((a[whole] ^ b[whole]) >> (8 - rest)));
}

/* 1 when no bit is set behind those that count */
static int is_first(struct net_network const *n, unsigned int all)
{
  unsigned int i;

  for (i = n->bits; i < all; i++)
    if (n->first.ip[i / 8] >> (7 - i % 8) & 1) return 0;
  return 1;
}

int net_network_parse(struct net_network *n, char const *text)
{
  size_t len = strcspn(text, "/"), digits;
  unsigned int all;

  if (!net_parse(&n->first, text, len) || (n->first.family == AF_INET6 && v4(&n->first))) return 0;
  all = n->bits = n->first.family == AF_INET ? 32 : 128;
  if (!text[len]) return 1;
  text += len + 1;
  digits = strspn(text, "0123456789");
  if (!digits || digits > BITS_DIGITS || text[digits] || *text == '0') return 0;
  n->bits = (unsigned int)strtoul(text, 0, 10);
  return n->bits <= all && is_first(n, all);
}

int net_within(struct net_address const *a, struct net_network const *n)
{
  unsigned char const *ip = v4(a);

  if (n->first.family == AF_INET) return ip && agree(ip, n->first.ip, n->bits);
  return !ip && agree(a->ip, n->first.ip, n->bits);
}

/* connect or bind, to an address as the kernel has it */
static int apply(int (*call)(int, struct sockaddr const *, socklen_t), int fd, struct net_address const *a,
                 unsigned int port)
{
  struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
  struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port),
                              .sin6_scope_id = a->scope };

  if (a->family == AF_INET) {
    memcpy(&in.sin_addr, a->ip, 4);
    return call(fd, (struct sockaddr *)&in, sizeof in);
  }
  memcpy(&in6.sin6_addr, a->ip, 16);
  return call(fd, (struct sockaddr *)&in6, sizeof in6);
}

int net_begin(struct net_address const *a, struct net_address const *from, int type)
{
  int fd = socket(a->family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (fd == -1) return -1;
  if ((!from || apply(bind, fd, from, 0) == 0)
      && (apply(connect, fd, a, a->port) == 0 || errno == EINPROGRESS || errno == EINTR)) return fd;
  io_close_keep(fd);
  return -1;
}

int net_listen(struct net_address const *a, int backlog)
{
  int const yes = 1;
  int fd = socket(a->family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (fd == -1) return -1;
  if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0
      && (a->family == AF_INET || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes) == 0)
      && apply(bind, fd, a, a->port) == 0 && listen(fd, backlog) == 0) return fd;
  io_close_keep(fd);
  return -1;
}

int net_came(int fd)
{
  socklen_t len = sizeof(int);
  int e = 0;

  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &len) == -1 ? errno : e;
}

int net_connect(struct net_address const *a, int type, long long deadline)
{
  int e, r, fd = net_begin(a, 0, type);

  if (fd == -1) return -1;
  r = io_wait(fd, POLLOUT, io_left(deadline));
  e = r == -1 ? errno : r ? net_came(fd) : ETIMEDOUT;
  if (!e) return fd;
  close(fd);
  errno = e;
  return -1;
}
