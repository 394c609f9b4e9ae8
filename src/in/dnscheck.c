/* dnscheck.c - see dnscheck.h */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "in/dnscheck.h"
#include "in/resolver.h"
#include "lib/conf/control.h"
#include "lib/conf/value.h"
#include "lib/dns/message.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/net.h"

#define ZONE_MS 5000            /* for one list */
#define LISTS_MS 15000          /* for all */
#define REVERSED_MAX 72         /* of an IPv6 address: 32 digits with dots, and one more dot */

static char const no_domain[] = "550 5.1.8 the sender's domain does not exist or has no mail server";
static char const null_mx[] = "550 5.7.27 the sender's domain says that it takes no mail";
static char const sender_later[] = "451 4.4.3 cannot find out now whether the sender's domain exists";

static unsigned int mfcheck;
static struct control_table lists;

/* --- settings */

char const *dnscheck_start(void)
{
  unsigned char wire[DNS_WIRE_MAX];
  size_t i;

  if (control_number("mfcheck", &mfcheck) == -1) return "mfcheck";
  if (control_table("dnsbllist", &lists, 1) == -1) return "dnsbllist";
  errno = EINVAL;
  for (i = 0; i < lists.n; i++) {
    char const *zone = lists.entries[i].key;
    if (!dns_name_encode(wire, zone) || strlen(zone) + REVERSED_MAX > DNS_NAME_MAX) return "dnsbllist";
  }
  control_in_order(&lists);
  return 0;
}

int dnscheck_asks(int known)
{
  return mfcheck || (lists.n && known);
}

/* --- the sender */

static char const *check_domain(char const *domain)
{
  switch (resolver_mail(domain)) {
    case RESOLVER_GOOD: return 0;
    case RESOLVER_NOTHING: return no_domain;
    case RESOLVER_NULL_MX: return null_mx;
    default: return sender_later;
  }
}

/* an address in brackets asks nothing of the DNS */
char const *dnscheck_sender(struct dnscheck *d, char const *sender)
{
  char const *at = strrchr(sender, '@');
  char domain[IDNA_DOMAIN_MAX + 1];

  if (!mfcheck || !at || at[1] == '[') return 0;
  if (!idna_domain(domain, at + 1)) return no_domain;
  if (strcmp(d->domain, domain) || d->sender == sender_later) {
    memcpy(d->domain, domain, strlen(domain) + 1);
    d->sender = check_domain(domain);
  }
  return d->sender;
}

/* --- the client */

/* RFC 5782 2.1, 2.4; 1, or 0 when s is no address */
static int reversed(char out[REVERSED_MAX + 1], char const *s)
{
  static char const digits[] = "0123456789abcdef";
  struct net_address a;
  unsigned char const *ip = a.ip;
  int i;

  if (!net_parse(&a, s, strlen(s))) return 0;
  if (a.family == AF_INET) {
    snprintf(out, REVERSED_MAX + 1, "%d.%d.%d.%d.", ip[3], ip[2], ip[1], ip[0]);
    return 1;
  }
  for (i = 0; i < 32; i++) {
    *out++ = digits[i % 2 ? ip[15 - i / 2] >> 4 : ip[15 - i / 2] & 15];
    *out++ = '.';
  }
  *out = 0;
  return 1;
}

static void log_odd(char const *zone, uint32_t ip)
{
  char text[16];
  struct in_addr a = { .s_addr = htonl(ip) };

  log_line("block list ", zone, ": the answer ", inet_ntop(AF_INET, &a, text, sizeof text), " does not count");
}

/* 1 when the list says that this address, reversed, is on it */
static int is_listed(struct control_entry const *list, char const *ip, int milliseconds)
{
  char name[REVERSED_MAX + DNS_NAME_MAX + 1];
  uint32_t found[RESOLVER_ADDRESSES_MAX];
  int n, i, listed = 0;

  snprintf(name, sizeof name, "%s%s", ip, list->key);
  n = resolver_addresses(name, found, milliseconds);
  if (n == -1) log_line("block list ", list->key, ": no answer");
  for (i = 0; i < n; i++) {
    if (value_answers(list->value, found[i]) == 1 && found[i] >> 8 != 0x7fffff) listed = 1;
    else log_odd(list->key, found[i]);
  }
  return listed;
}

static char const *compose(char reply[DNSCHECK_REPLY_MAX + 1], struct control_entry const *list, char const *ip)
{
  char const *words = strchr(list->value, ':');
  char *c;

  snprintf(reply, DNSCHECK_REPLY_MAX + 1, "550 5.7.1 the client's address %s is listed at %s%s%s", ip, list->key,
           words ? ": " : "", words ? words + 1 : "");
  for (c = reply; *c; c++)
    if (*c < 32 || *c > 126) *c = '?';
  return reply;
}

char const *dnscheck_client(struct dnscheck *d, char const *ip)
{
  char name[REVERSED_MAX + 1];
  long long end = io_clock() + LISTS_MS;
  size_t i;

  if (d->asked || !reversed(name, ip)) return d->client;
  d->asked = 1;
  for (i = 0; i < lists.n && !d->client; i++) {
    long long left = end - io_clock();
    if (left <= 0) break;
    if (is_listed(lists.entries + i, name, (int)(left < ZONE_MS ? left : ZONE_MS)))
      d->client = compose(d->reply, lists.entries + i, ip);
  }
  return d->client;
}
