/* dns.c - see dns.h */

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "lib/dns/ask.h"
#include "lib/dns/dns.h"

#define CHAIN_MAX 8             /* questions asked for one look-up, where CNAMEs lead out of an answer */

static uint32_t random_number(void)
{
  uint32_t n = 0;

  if (getrandom(&n, sizeof n, 0) != sizeof n) return 0; /* only an order of equals depends on it */
  return n;
}

static enum dns_status look_up(struct dns_question *q, char const *name, enum dns_type type, long long deadline)
{
  enum dns_status status = DNS_LATER;
  unsigned int i;

  q->type = type;
  if (!dns_name_encode(q->name, name)) return DNS_NO_NAME;
  for (i = 0; i < CHAIN_MAX; i++) {
    q->moved = 0;
    status = dns_ask(q, deadline);
    if (status != DNS_NOTHING || !q->moved) return status;
  }
  return DNS_LATER;             /* a chain without end */
}

struct mx_list {
  struct dns_mx *mx;
  uint32_t order[DNS_MX_MAX];   /* random, among those of equal preference */
  unsigned int n;
};

/* keeps the list sorted and drops the worst when it is full */
static void mx_insert(struct mx_list *l, unsigned int preference, char const *name)
{
  uint32_t order = random_number();
  unsigned int i = l->n;

  while (i && (l->mx[i - 1].preference > preference
               || (l->mx[i - 1].preference == preference && l->order[i - 1] > order))) i--;
  if (i == DNS_MX_MAX) return;
  if (l->n < DNS_MX_MAX) l->n++;
  memmove(l->mx + i + 1, l->mx + i, (l->n - 1 - i) * sizeof *l->mx);
  memmove(l->order + i + 1, l->order + i, (l->n - 1 - i) * sizeof *l->order);
  l->order[i] = order;
  l->mx[i].preference = preference;
  memcpy(l->mx[i].name, name, strlen(name) + 1);
}

static int mx_found(struct dns_question *q, unsigned char const *m, size_t mlen, size_t at, size_t len)
{
  unsigned char wire[DNS_WIRE_MAX];
  char name[DNS_NAME_MAX + 1];

  if (len < 3 || dns_name_expand(wire, m, mlen, at + 2) != at + len || !dns_name_decode(name, wire)) return 0;
  mx_insert(q->to, (unsigned int)m[at] << 8 | m[at + 1], name);
  return 1;
}

enum dns_status dns_mx(char const *domain, struct dns_mx mx[DNS_MX_MAX], unsigned int *n, long long deadline)
{
  struct mx_list l = { .mx = mx };
  struct dns_question q = { .found = mx_found, .to = &l };
  enum dns_status status = look_up(&q, domain, DNS_MX, deadline);

  *n = l.n;
  return status;
}

struct address_list {
  struct net_address *a;
  unsigned int first, n;        /* this family's start at first */
};

/* each family in random order: a new one changes places with any before it (RFC 5321 5.1 spreads the load) */
static int address_found(struct dns_question *q, unsigned char const *m, size_t mlen, size_t at, size_t len)
{
  struct address_list *l = q->to;
  struct net_address *a;
  unsigned int i;

  (void)mlen;
  if (len != (q->type == DNS_A ? 4U : 16U)) return 0;
  if (l->n == DNS_ADDRESSES_MAX) return 1;
  i = l->first + random_number() % (l->n - l->first + 1);
  l->a[l->n] = l->a[i];
  l->n++;
  a = l->a + i;
  memset(a, 0, sizeof *a);
  a->family = q->type == DNS_A ? AF_INET : AF_INET6;
  memcpy(a->ip, m + at, len);
  return 1;
}

/* IPv4 and IPv6 in turns (RFC 8305 section 4), so that whoever tries only a few tries both */
static void take_turns(struct net_address *a, unsigned int four, unsigned int n)
{
  struct net_address all[DNS_ADDRESSES_MAX];
  unsigned int i, j, k;

  memcpy(all, a, n * sizeof *a);
  for (i = k = 0, j = four; k < n;) {
    if (i < four) a[k++] = all[i++];
    if (j < n) a[k++] = all[j++];
  }
}

enum dns_status dns_ipv4(char const *host, struct net_address a[DNS_ADDRESSES_MAX], unsigned int *n, long long deadline)
{
  struct address_list l = { .a = a };
  struct dns_question q = { .found = address_found, .to = &l };
  enum dns_status status = look_up(&q, host, DNS_A, deadline);

  *n = l.n;
  return status;
}

enum dns_status dns_addresses(char const *host, struct net_address a[DNS_ADDRESSES_MAX], unsigned int *n,
                              long long deadline)
{
  struct address_list l = { .a = a };
  struct dns_question q = { .found = address_found, .to = &l };
  enum dns_status four = look_up(&q, host, DNS_A, deadline), six = four;

  if (four != DNS_NO_NAME) {
    if (l.n > DNS_ADDRESSES_MAX / 2) l.n = DNS_ADDRESSES_MAX / 2;       /* leaves room for the others */
    l.first = l.n;
    six = look_up(&q, host, DNS_AAAA, deadline);
  }
  *n = l.n;
  if (l.n) {
    take_turns(a, l.first, l.n);
    return DNS_FOUND;
  }
  return four == DNS_LATER || six == DNS_LATER ? DNS_LATER : six;
}
