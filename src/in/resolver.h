/*
 * resolver.h - asks the DNS for a session: an attendant locked in with the network and nothing else
 *
 * So a session needs no network of its own, and hostile answers are read where there is nothing to take: the resolver
 * has neither the client's connection nor a message. Questions and answers are single records; who breaks into it can
 * lie about the DNS, which any name server can.
 */

#ifndef IN_RESOLVER_H
#define IN_RESOLVER_H

#include <stdint.h>

#define RESOLVER_ADDRESSES_MAX 16

enum resolver_mail {
  RESOLVER_LATER,       /* cannot be found out now */
  RESOLVER_GOOD,        /* the domain takes mail, by MX or by address */
  RESOLVER_NOTHING,     /* it does not exist, or has neither */
  RESOLVER_NULL_MX      /* it says that it takes none (RFC 7505) */
};

/* Makes the resolver; there is one at most. 0, or -1 with errno (EINVAL: control/dnsservers). */
extern int resolver_start(void);

extern enum resolver_mail resolver_mail(char const *domain);

/* The IPv4 addresses of a name: how many, 0 for none, -1 when it cannot be found out within milliseconds. */
extern int resolver_addresses(char const *name, uint32_t ip[RESOLVER_ADDRESSES_MAX], int milliseconds);

#endif
