/* front.c - see front.h */

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "in/front.h"
#include "lib/conf/control.h"
#include "lib/io/log.h"

struct network {
  int family;
  unsigned int bits;
  unsigned char ip[16];
};

static struct control_table hosts;
static unsigned char const mapped[12] = { [10] = 0xff, 0xff };  /* IPv4 in the guise of IPv6: no peer has it */

static int parse_address(struct network *n, char const *s, size_t len)
{
  char text[INET6_ADDRSTRLEN];

  if (len >= sizeof text) return 0;
  memcpy(text, s, len);
  text[len] = 0;
  memset(n->ip, 0, sizeof n->ip);
  n->family = strchr(text, ':') ? AF_INET6 : AF_INET;
  n->bits = n->family == AF_INET ? 32 : 128;
  return inet_pton(n->family, text, n->ip) == 1;
}

/* 1 when the two agree in so many bits */
static int agree(unsigned char const *a, unsigned char const *b, unsigned int bits)
{
  unsigned int whole = bits / 8, rest = bits % 8;

  return !memcmp(a, b, whole) && (!rest || !((a[whole] ^ b[whole]) >> (8 - rest)));
}

/* no bit is set behind those that count: 192.0.2.1/24 is a mistake */
static int is_network(struct network const *n)
{
  struct network first = { .bits = n->bits };

  memcpy(first.ip, n->ip, (n->bits + 7) / 8);
  if (n->bits % 8) first.ip[n->bits / 8] &= (unsigned char)(0xff << (8 - n->bits % 8));
  return !memcmp(first.ip, n->ip, sizeof n->ip);
}

/* ADDRESS or ADDRESS/BITS, not a network of everybody */
static int parse(struct network *n, char const *s)
{
  size_t len = strcspn(s, "/"), digits;
  unsigned int all;

  if (!parse_address(n, s, len)) return 0;
  if (n->family == AF_INET6 && !memcmp(n->ip, mapped, sizeof mapped)) return 0;
  if (!s[len]) return 1;
  all = n->bits;
  s += len + 1;
  digits = strspn(s, "0123456789");
  if (!digits || digits > 3 || s[digits] || *s == '0') return 0;
  n->bits = (unsigned int)strtoul(s, 0, 10);
  return n->bits <= all && is_network(n);
}

char const *front_start(void)
{
  struct network n;
  size_t i;

  if (control_table("proxyhosts", &hosts, 0) == -1) return "proxyhosts";
  for (i = 0; i < hosts.n; i++) {
    if (parse(&n, hosts.entries[i].key)) continue;
    log_line("proxyhosts: no address and no network: ", hosts.entries[i].key);
    errno = EINVAL;
    return "proxyhosts";
  }
  return 0;
}

int front_is(char const *ip)
{
  struct network peer, n;
  size_t i;

  if (!parse_address(&peer, ip, strlen(ip))) return 0;
  for (i = 0; i < hosts.n; i++)
    if (parse(&n, hosts.entries[i].key) && n.family == peer.family && agree(n.ip, peer.ip, n.bits)) return 1;
  return 0;
}
