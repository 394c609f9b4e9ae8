/*
 * dns.h - a small stub resolver: asks the name servers of this host, over UDP and TCP
 *
 * Answers are taken only from the server that was asked, over a socket of its own for each query, with a random
 * id, for the question that was asked. Nothing is cached: that is the name server's work. No search lists:
 * names are always absolute.
 */

#ifndef LIB_DNS_DNS_H
#define LIB_DNS_DNS_H

#include "lib/dns/status.h"
#include "lib/io/net.h"

#define DNS_MX_MAX 32           /* of more MX records the best are kept */
#define DNS_ADDRESSES_MAX 32    /* of one name, both families together */

struct dns_mx {
  unsigned int preference;
  char name[DNS_NAME_MAX + 1];  /* "" for the root, which says "no mail" (RFC 7505) */
};

/* Reads the addresses of the name servers: control/dnsservers, else /etc/resolv.conf, else 127.0.0.1. Call it once
   before the process locks itself in. 0, or -1 with errno (EINVAL: control/dnsservers holds something else). */
extern int dns_start(void);

/* The MX records of a domain, best first, equal ones in random order. Deadline as of io_clock. */
extern enum dns_status dns_mx(char const *domain, struct dns_mx mx[DNS_MX_MAX], unsigned int *n, long long deadline);

/* The addresses of a host: IPv4 and IPv6 in turns, IPv4 first, each family in random order; ports are 0.
   Both are asked for at the same time; where one family cannot be found out, the other's addresses are the result. */
extern enum dns_status dns_addresses(char const *host, struct net_address a[DNS_ADDRESSES_MAX], unsigned int *n,
                                     long long deadline);

/* The same for IPv4 alone: one question. */
extern enum dns_status dns_ipv4(char const *host, struct net_address a[DNS_ADDRESSES_MAX], unsigned int *n,
                                long long deadline);

#endif
