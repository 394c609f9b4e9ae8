/* net.c - addresses as text, and connections that come in time or not */

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/io/net.h"
#include "unit.h"

static int parse(char const *text, char const *want, unsigned int port)
{
  struct net_address a;
  char s[NET_TEXT_MAX];

  if (!net_parse_port(&a, text, 25)) return 0;
  net_format(s, &a);
  return !strcmp(s, want) && a.port == port;
}

static int same(char const *x, char const *y)
{
  struct net_address a, b;

  return net_parse(&a, x, strlen(x)) && net_parse(&b, y, strlen(y)) && net_same(&a, &b);
}

static void texts(void)
{
  static char const *const none[] = {
    "", "1.2.3", "1.2.3.400", "1.2.3.4:", "1.2.3.4:0", "1.2.3.4:65536", "1.2.3.4:25x", "1.2.3.4:123456", "[1.2.3.4", "[::1",
    "[::1]x", "[::1]:", "::g", "host", "host:25", "1.2.3.4.5", "[]", ":", "[::1]25"
  };
  struct net_address a;
  size_t i, bad = 0;

  for (i = 0; i < sizeof none / sizeof *none; i++) bad += net_parse_port(&a, none[i], 25);
  check("what is no address is none", !bad);
  check("IPv4", parse("192.0.2.1", "192.0.2.1", 25) && parse("192.0.2.1:2525", "192.0.2.1", 2525));
  check("IPv6", parse("2001:db8::1", "2001:db8::1", 25) && parse("[2001:db8::1]", "2001:db8::1", 25)
        && parse("[2001:db8::1]:65535", "2001:db8::1", 65535));
  check("equal addresses", same("::ffff:1.2.3.4", "1.2.3.4") && same("::1", "0:0::1") && same("1.2.3.4", "1.2.3.4"));
  check("different ones", !same("1.2.3.4", "1.2.3.5") && !same("::1", "::2") && !same("::1.2.3.4", "1.2.3.4"));
}

static int literal(char const *text, char const *want)
{
  struct net_address a;
  char s[NET_TEXT_MAX];

  if (!net_literal(&a, text, strlen(text))) return !want;
  net_format(s, &a);
  return want && !strcmp(s, want);
}

static void literals(void)
{
  static char const *const none[] = {
    "", "[", "[]", "192.0.2.1", "[192.0.2.1", "192.0.2.1]", "[::1]", "[IPv6:]", "[IPv6:192.0.2.1]", "[IPv6:::1", "[IPv6:::1]]",
    "[IPv4:192.0.2.1]", "[192.0.2.1 ]", "[192.0.2]", "[IPv6]",
  };
  size_t i, bad = 0;

  for (i = 0; i < sizeof none / sizeof *none; i++) bad += !literal(none[i], 0);
  check("literals", literal("[192.0.2.1]", "192.0.2.1") && literal("[IPv6:2001:db8::1]", "2001:db8::1")
        && literal("[ipv6:::1]", "::1"));
  check("what is none", !bad);
}

static int within(char const *address, char const *network)
{
  struct net_address a;
  struct net_network n;

  return net_parse(&a, address, strlen(address)) && net_network_parse(&n, network) && net_within(&a, &n);
}

static void networks(void)
{
  static char const *const none[] = {
    "", "/", "/8", "host", "10.0.0.0/", "10.0.0.0/0", "0.0.0.0/0", "::/0", "10.0.0.0/08", "10.0.0.0/33", "10.0.0.0/8x", "10.0.0.0/-8",
    "10.0.0.0/0008", "10.0.0.1/8", "10.0.0.128/24", "2001:db8::/129", "2001:db8::1/32", "::ffff:10.0.0.0/120", "10.0.0.0 /8",
    "10.0.0.0/8/8", "[::1]",
  };
  struct net_network n;
  size_t i, bad = 0;

  for (i = 0; i < sizeof none / sizeof *none; i++) bad += net_network_parse(&n, none[i]);
  check("what is no network", !bad);
  check("an address is one", within("10.1.2.3", "10.1.2.3") && !within("10.1.2.2", "10.1.2.3") && within("::1", "::1")
        && within("::1", "::1/128") && within("10.1.2.3", "10.1.2.3/32"));
  check("a network", within("10.255.255.255", "10.0.0.0/8") && !within("11.0.0.0", "10.0.0.0/8")
        && within("2001:db8:ffff::1", "2001:db8::/32") && !within("2001:db9::", "2001:db8::/32"));
  check("between bytes", within("192.0.2.191", "192.0.2.128/26") && !within("192.0.2.192", "192.0.2.128/26")
        && within("128.0.0.1", "128.0.0.0/1") && !within("127.0.0.1", "128.0.0.0/1") && !within("2001:db8:8000::", "2001:db8::/33"));
  check("IPv4 in the guise of IPv6", within("::ffff:10.1.2.3", "10.0.0.0/8") && !within("::ffff:10.1.2.3", "::/1"));
  check("another family", !within("::1", "10.0.0.0/8") && !within("10.0.0.0", "a00::/8"));
}

static void connections(void)
{
  struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
  struct net_address a = { .family = AF_INET, .ip = { 127, 0, 0, 1 } };
  socklen_t len = sizeof in;
  int listener = socket(AF_INET, SOCK_STREAM, 0), fd, more[8], i;
  long long start;

  bind(listener, (struct sockaddr *)&in, sizeof in);
  getsockname(listener, (struct sockaddr *)&in, &len);
  a.port = ntohs(in.sin_port);
  fd = net_connect(&a, SOCK_STREAM, io_clock() + 1000);
  check("nobody listens: refused", fd == -1 && errno == ECONNREFUSED);
  listen(listener, 0);
  fd = net_connect(&a, SOCK_STREAM, io_clock() + 1000);
  check("connected", fd != -1);
  /* a full backlog: the kernel lets the next ones wait */
  start = io_clock();
  for (i = 0; i < 8; i++) {
    errno = 0;
    more[i] = net_connect(&a, SOCK_STREAM, io_clock() + 200);
    if (more[i] == -1) break;
  }
  check("too late is a time-out", i < 8 && errno == ETIMEDOUT && io_clock() - start < 3000);
  while (i--) close(more[i]);
  close(fd);
  close(listener);
}

/* the port that a socket has */
static unsigned int port_of(int fd)
{
  struct sockaddr_storage said;
  socklen_t len = sizeof said;
  struct net_address a;

  return getsockname(fd, (struct sockaddr *)&said, &len) == 0 && net_from(&a, &said) ? a.port : 0;
}

/* One that listens at text, on a port of the kernel's choice, and a connection from there to it. */
static int met(char const *text, char const *peer)
{
  struct net_address a, from;
  struct sockaddr_storage said;
  socklen_t len = sizeof said;
  char s[NET_TEXT_MAX];
  int server, client, fd;

  net_parse(&a, text, strlen(text));
  server = net_listen(&a, 1);
  if (server == -1) return 0;
  a.port = port_of(server);
  client = net_connect(&a, SOCK_STREAM, io_clock() + 60000);
  fd = accept(server, (struct sockaddr *)&said, &len);
  if (fd == -1 || !net_from(&from, &said)) return 0;
  net_format(s, &from);
  close(fd);
  close(client);
  close(server);
  return !strcmp(s, peer) && from.port && from.port != a.port;
}

static void listening(void)
{
  struct sockaddr_storage other = { .ss_family = AF_UNIX };
  struct sockaddr_in6 mapped = { .sin6_family = AF_INET6, .sin6_port = htons(25) };
  struct net_address a, b;
  int fd, six;

  check("IPv4", met("127.0.0.1", "127.0.0.1"));
  check("IPv6", met("::1", "::1"));
  check("neither", !net_from(&a, &other));
  memset(mapped.sin6_addr.s6_addr + 10, 255, 2);
  memcpy(mapped.sin6_addr.s6_addr + 12, "\300\0\2\1", 4);
  memcpy(&other, &mapped, sizeof mapped);
  net_parse(&b, "192.0.2.1", 9);
  check("IPv4 in the guise of IPv6", net_from(&a, &other) && a.family == AF_INET && a.port == 25
        && !memcmp(a.ip, b.ip, sizeof a.ip));

  net_parse(&a, "0.0.0.0", 7);
  fd = net_listen(&a, 1);
  check("all of IPv4", fd != -1);
  net_parse(&b, "::", 2);
  b.port = port_of(fd);
  six = net_listen(&b, 1);
  check("and all of IPv6, on one port", b.port && six != -1);
  check("but not twice", net_listen(&b, 1) == -1 && errno == EADDRINUSE);
  close(fd);
  close(six);
}

int main(void)
{
  texts();
  literals();
  networks();
  connections();
  listening();
  return unit_end();
}
