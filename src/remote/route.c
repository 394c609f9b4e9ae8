/* route.c - see route.h */

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "lib/conf/control.h"
#include "lib/conf/value.h"
#include "remote/family.h"
#include "remote/own.h"
#include "remote/route.h"
#include "remote/told.h"
#include "remote/transport.h"

#define SMTP_PORT 25
#define QMTP_PORT 209

static struct control_table smtproutes, qmtproutes;
static stralloc me = STRALLOC_ZERO;

int route_start(void)
{
  if (control_table("smtproutes", &smtproutes, 1) == -1 || control_table("qmtproutes", &qmtproutes, 1) == -1
      || transport_start() == -1 || family_start() == -1)
    return -1;
  return control_value("me", &me) == -1 ? -1 : 0;
}

static enum result because(struct route *r, enum result result, char const *status, char const *what, char const *why)
{
  snprintf(r->why, sizeof r->why, "%s %.255s %s", status, what, why);
  return result;
}

/* a mistake in control/, to be put right: mail waits, and strangers hear nothing of it */
static enum result mistake(struct route *r, char const *domain, char const *why)
{
  snprintf(r->why, sizeof r->why, "4.3.5 %.255s " TOLD("%s", "has no way to it now"), domain, why);
  return RESULT_LATER;
}

static void add(struct route *r, unsigned int host, char const *name, struct net_address const *a, unsigned int port)
{
  struct target *t = r->target + r->n;

  if (r->n == ROUTE_TARGETS_MAX) return;
  r->n++;
  t->host = host;
  t->protocol = PROTOCOL_SMTP;
  t->own = r->own;
  t->named = r->named;
  t->clear = t->tried = 0;
  snprintf(t->name, sizeof t->name, "%s", name);
  t->address = *a;
  t->address.port = port;
}

static void add_all(struct route *r, unsigned int host, char const *name, struct net_address const *a, unsigned int n,
                    unsigned int port)
{
  unsigned int i, added = 0;

  for (i = 0; i < n && added < ROUTE_OF_HOST_MAX; i++)
    if (family_allows(r->domain, a[i].family)) {
      add(r, host, name, a + i, port);
      added++;
    }
    else r->barred = 1;
}

static int any_own(struct net_address const *a, unsigned int n)
{
  while (n--)
    if (own_address(a + n)) return 1;
  return 0;
}

/* no MX record: the domain itself (RFC 5321 5.1) */
static enum result by_address(struct route *r, char const *domain, unsigned int port, long long deadline)
{
  struct net_address a[DNS_ADDRESSES_MAX];
  unsigned int n;
  enum dns_status status = dns_addresses(domain, a, &n, deadline);

  if (status == DNS_LATER) return told_unanswered(r->why, domain, "addresses");
  if (status == DNS_NO_NAME) return because(r, RESULT_FAILED, "5.1.2", domain, "does not exist in the DNS");
  if (status == DNS_NOTHING) return because(r, RESULT_FAILED, "5.1.2", domain, "has neither MX nor address records");
  if (any_own(a, n)) return because(r, RESULT_FAILED, "5.4.6", domain,
                                    "leads to this host, which does not take it as its own");
  add_all(r, 0, domain, a, n, port);
  return RESULT_DONE;
}

/* Hosts from ours on are no better than we are: mail would run in a circle (RFC 5321 5.1). Returns how many of the
   n are left, before the first preference of ours. */
static unsigned int before(struct dns_mx const *mx, unsigned int i)
{
  unsigned int n = i;

  while (n && mx[n - 1].preference == mx[i].preference) n--;
  return n;
}

static enum result by_mx(struct route *r, char const *domain, struct dns_mx const *mx, unsigned int n,
                         unsigned int port, long long deadline)
{
  struct net_address a[DNS_ADDRESSES_MAX];
  unsigned int i, count, keep, first[DNS_MX_MAX + 1];
  int later = 0;

  for (i = 0; i < n && r->n < ROUTE_TARGETS_MAX; i++) {
    enum dns_status status = dns_addresses(mx[i].name, a, &count, deadline);
    first[i] = r->n;
    if (!strcasecmp(mx[i].name, me.s) || (status == DNS_FOUND && any_own(a, count))) {
      keep = before(mx, i);
      r->n = first[keep];
      if (later && keep) break;         /* a better one is there, but has no address now */
      if (r->n) return RESULT_DONE;
      return because(r, RESULT_FAILED, "5.4.6", domain,
                     "has this host as its best MX, which does not take it as its own");
    }
    if (status == DNS_FOUND) add_all(r, i, mx[i].name, a, count, port);
    if (status == DNS_LATER) later = 1;
  }
  if (later) because(r, RESULT_LATER, "4.4.3", domain, "has MX hosts that cannot be looked up now");
  if (r->n || later) return r->n ? RESULT_DONE : RESULT_LATER;
  return because(r, RESULT_FAILED, "5.4.4", domain, "has MX records, but none of those hosts has an address");
}

static enum result by_dns(struct route *r, char const *domain, unsigned int port, long long deadline)
{
  struct dns_mx mx[DNS_MX_MAX];
  unsigned int n, i, named = 0;

  switch (dns_mx(domain, mx, &n, deadline)) {
    case DNS_LATER: return told_unanswered(r->why, domain, "MX records");
    case DNS_NO_NAME: return because(r, RESULT_FAILED, "5.1.2", domain, "does not exist in the DNS");
    case DNS_NOTHING: return by_address(r, domain, port, deadline);
    case DNS_FOUND: break;
  }
  for (i = 0; i < n; i++)       /* a root among others means nothing (RFC 7505 section 3) */
    if (mx[i].name[0]) mx[named++] = mx[i];
  if (!named) return because(r, RESULT_FAILED, "5.1.10", domain, "takes no mail: it has a null MX");
  return by_mx(r, domain, mx, named, port, deadline);
}

/* user@[192.0.2.1], user@[IPv6:2001:db8::1] (RFC 5321 4.1.3) */
static enum result by_literal(struct route *r, char const *domain)
{
  struct net_address a;

  if (!net_literal(&a, domain, strlen(domain)))
    return because(r, RESULT_FAILED, "5.1.2", domain, "is not an address");
  if (own_address(&a)) return because(r, RESULT_FAILED, "5.4.6", domain,
                                      "is this host, which does not take it as its own");
  add_all(r, 0, domain, &a, 1, SMTP_PORT);
  return RESULT_DONE;
}

static enum result no_relay(struct route *r, char const *status, char const *relay, char const *file, char const *why)
{
  snprintf(r->why, sizeof r->why, "%s " TOLD("%.255s in control/%s", TOLD_HOST) " %s", status, relay, file, why);
  return RESULT_LATER;
}

/* The administrator's word: may be this host (a content filter on loopback, say), but never "no address". A relay that
   cannot be found is a mistake to be put right, so mail waits. */
static enum result by_relay(struct route *r, char const *relay, unsigned int port, char const *file,
                            long long deadline)
{
  struct net_address a[DNS_ADDRESSES_MAX];
  unsigned int n = 1, i;
  int named = !net_parse(a, relay, strlen(relay));

  if (named && dns_addresses(relay, a, &n, deadline) != DNS_FOUND)
    return no_relay(r, "4.4.4", relay, file, "cannot be looked up");
  for (i = 0; i < n; i++)
    if (own_unspecified(a + i)) return no_relay(r, "4.3.5", relay, file, "has an address that is none");
  r->named = 1;
  if (named) add_all(r, 0, relay, a, n, port);
  else add(r, 0, relay, a, port);
  return RESULT_DONE;
}

static void speak(struct route *r, enum protocol protocol)
{
  unsigned int i;

  for (i = 0; i < r->n; i++) r->target[i].protocol = protocol;
}

/* control/transports names a host: the same as for a relay, but LMTP is never spoken on port 25 (RFC 2033 section 5) */
static enum result by_lmtp(struct route *r, char const *domain, char const *value, long long deadline)
{
  char host[DNS_NAME_MAX + 1] = "";
  unsigned int port = TRANSPORT_LMTP_PORT;
  enum result result;

  if (!value_place(value, host, sizeof host, &port) || !*host || port == SMTP_PORT)
    return mistake(r, domain, "has a line in control/transports that is not lmtp:host[:port], on another port than 25");
  result = by_relay(r, host, port, "transports", deadline);
  speak(r, PROTOCOL_LMTP);
  return result;
}

static enum result by_qmtp(struct route *r, char const *domain, char const *value, long long deadline)
{
  char host[DNS_NAME_MAX + 1] = "";
  unsigned int port = QMTP_PORT;
  enum result result;

  if (!value_place(value, host, sizeof host, &port) || !*host)
    return mistake(r, domain, "has a route in control/qmtproutes that is not host[:port]");
  result = by_relay(r, host, port, "qmtproutes", deadline);
  speak(r, PROTOCOL_QMTP);
  return result;
}

static enum result by_socket(struct route *r, char const *path)
{
  struct net_address const local = { .family = AF_UNIX };

  add(r, 0, path, &local, 0);
  speak(r, PROTOCOL_LMTP);
  return RESULT_DONE;
}

static enum result by_network(struct route *r, char const *domain, long long deadline)
{
  char const *value = control_find_domain(&qmtproutes, domain, strlen(domain));
  char relay[DNS_NAME_MAX + 1] = "";
  unsigned int port = SMTP_PORT;

  r->own = value && *value;
  if (r->own) return by_qmtp(r, domain, value, deadline);
  value = control_find_domain(&smtproutes, domain, strlen(domain));
  if (value && !value_place(value, relay, sizeof relay, &port))
    return mistake(r, domain, "has a route in control/smtproutes that is not relay[:port]");
  r->own = *relay || port != SMTP_PORT;
  if (*relay) return by_relay(r, relay, port, "smtproutes", deadline);
  if (*domain == '[') return by_literal(r, domain);
  return by_dns(r, domain, port, deadline);
}

int route_named(char const *domain)
{
  char const *rest, *qmtp = control_find_domain(&qmtproutes, domain, strlen(domain));
  char const *smtp = control_find_domain(&smtproutes, domain, strlen(domain));
  enum transport way = transport_find(domain, &rest);

  if (way != TRANSPORT_SMTP) return way == TRANSPORT_LMTP;
  return !(qmtp && *qmtp) && smtp && *smtp && *smtp != ':';
}

int route_by_dns(char const *domain)
{
  char const *rest, *qmtp = control_find_domain(&qmtproutes, domain, strlen(domain));

  return transport_find(domain, &rest) == TRANSPORT_SMTP && !(qmtp && *qmtp) && !route_named(domain);
}

static enum result find(struct route *r, char const *domain, long long deadline)
{
  char const *rest;

  switch (transport_find(domain, &rest)) {
    case TRANSPORT_SMTP: return by_network(r, domain, deadline);
    case TRANSPORT_LMTP: return by_lmtp(r, domain, rest, deadline);
    case TRANSPORT_SOCKET: return by_socket(r, rest);
    case TRANSPORT_PROGRAM: return mistake(r, domain, "has a program in control/transports now");
    case TRANSPORT_BAD: break;
  }
  return mistake(r, domain, "has a line in control/transports that cannot be understood");
}

enum result route_find(struct route *r, char const *domain, long long deadline)
{
  enum result result;

  r->domain = domain;
  r->n = 0;
  r->own = 1;
  r->named = r->barred = 0;
  r->why[0] = 0;
  result = find(r, domain, deadline);
  if (r->n || !r->barred || result == RESULT_LATER) return result;
  return because(r, RESULT_LATER, "4.4.4", domain,
                 "has no address " TOLD("that control/ipversion allows", "for this host"));
}

void route_relay(char relay[REPORT_RELAY_MAX + 1], struct target const *t)
{
  char ip[NET_TEXT_MAX];

  net_format(ip, &t->address);
  if (t->address.family == AF_UNIX) snprintf(relay, REPORT_RELAY_MAX + 1, "%s", t->name);
  else snprintf(relay, REPORT_RELAY_MAX + 1, "%.190s[%s]:%u", t->name, ip, t->address.port);
}
