/*
 * resolver.h - asks the DNS for a session: a process locked in with the network and nothing else, which serves it alone
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

/* Makes the session's resolver. 0, or -1 with errno (EINVAL: control/dnsservers). */
extern int resolver_start(void);

/* For a dispatcher, before it locks itself in: makes a service that is locked in, and that forks a resolver for each
   session at its first question. The same results. */
extern int resolver_serve(void);

/* What has something to read when the service is gone; -1: there is none. */
extern int resolver_watch(void);

/* For a session to come: *sock is its own way to the service, close-on-exec; -1 where there is none. The session takes
   it, and the dispatcher closes it. 0, or -1 with errno. */
extern int resolver_open(int *sock);
extern void resolver_take(int sock);

/* 1 when the session's resolver was given up, or is gone: from then on nothing can be found out. */
extern int resolver_lost(void);

extern enum resolver_mail resolver_mail(char const *domain);

/* The IPv4 addresses of a name: how many, 0 for none, -1 when it cannot be found out within milliseconds. */
extern int resolver_addresses(char const *name, uint32_t ip[RESOLVER_ADDRESSES_MAX], int milliseconds);

#endif
