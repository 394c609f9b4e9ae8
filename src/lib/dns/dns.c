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

/* Asks n questions, whose types are set, about one name, and follows CNAMEs that lead out of an answer. */
static void look_up(struct dns_question q[], enum dns_status status[], unsigned int n, char const *name,
                    long long deadline)
{
  struct dns_question *ask[DNS_ASK_MAX];
  enum dns_status said[DNS_ASK_MAX];
  unsigned int due[DNS_ASK_MAX], i, chain, asked;

  for (i = 0; i < n; i++) {
    status[i] = dns_name_encode(q[i].name, name) ? DNS_NOTHING : DNS_NO_NAME;
    q[i].moved = 1;
  }
  for (chain = 0; chain <= CHAIN_MAX; chain++) {
    for (i = asked = 0; i < n; i++) {
      if (status[i] != DNS_NOTHING || !q[i].moved) continue;
      status[i] = DNS_LATER;    /* the end of a chain without one */
      q[i].moved = 0;
      ask[asked] = q + i;
      due[asked++] = i;
    }
    if (!asked || chain == CHAIN_MAX) return;
    dns_ask(ask, said, asked, deadline);
    for (i = 0; i < asked; i++) status[due[i]] = said[i];
  }
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
  struct dns_question q = { .type = DNS_MX, .found = mx_found, .to = &l };
  enum dns_status status;

  look_up(&q, &status, 1, domain, deadline);
  *n = l.n;
  return status;
}

struct address_list {
  unsigned int n;
  struct net_address a[DNS_ADDRESSES_MAX];
};

/* in random order: a new one changes places with any before it (RFC 5321 5.1 spreads the load) */
static int address_found(struct dns_question *q, unsigned char const *m, size_t mlen, size_t at, size_t len)
{
  struct address_list *l = q->to;
  struct net_address *a;
  unsigned int i;

  (void)mlen;
  if (len != (q->type == DNS_A ? 4U : 16U)) return 0;
  if (l->n == DNS_ADDRESSES_MAX) return 1;
  i = random_number() % (l->n + 1);
  l->a[l->n] = l->a[i];
  l->n++;
  a = l->a + i;
  memset(a, 0, sizeof *a);
  a->family = q->type == DNS_A ? AF_INET : AF_INET6;
  memcpy(a->ip, m + at, len);
  return 1;
}

/* IPv4 and IPv6 in turns (RFC 8305 section 4), so that whoever tries only a few tries both; how many that are */
static unsigned int take_turns(struct net_address *a, struct address_list const *four, struct address_list const *six)
{
  unsigned int i, n = 0;

  for (i = 0; i < DNS_ADDRESSES_MAX; i++) {
    if (i < four->n && n < DNS_ADDRESSES_MAX) a[n++] = four->a[i];
    if (i < six->n && n < DNS_ADDRESSES_MAX) a[n++] = six->a[i];
  }
  return n;
}

enum dns_status dns_ipv4(char const *host, struct net_address a[DNS_ADDRESSES_MAX], unsigned int *n, long long deadline)
{
  static struct address_list const none;
  struct address_list l = { .n = 0 };
  struct dns_question q = { .type = DNS_A, .found = address_found, .to = &l };
  enum dns_status status;

  look_up(&q, &status, 1, host, deadline);
  *n = take_turns(a, &l, &none);
  return status;
}

enum dns_status dns_addresses(char const *host, struct net_address a[DNS_ADDRESSES_MAX], unsigned int *n,
                              long long deadline)
{
  struct address_list four = { .n = 0 }, six = { .n = 0 };
  struct dns_question q[] = { { .type = DNS_A, .found = address_found, .to = &four },
                              { .type = DNS_AAAA, .found = address_found, .to = &six } };
  enum dns_status status[2];

  look_up(q, status, 2, host, deadline);
  *n = take_turns(a, &four, &six);
  if (*n) return DNS_FOUND;
  if (status[0] == DNS_LATER || status[1] == DNS_LATER) return DNS_LATER;
  return status[0] == DNS_NO_NAME ? status[0] : status[1];
}
