/*
 * admission.h - how many connections a porter has of each address and network, and how fast they come
 *
 * Networks are /24 of IPv4 and /64 of IPv6. Each connection is counted in two places of a table of fixed size. It has
 * room for many more that have no connection now, but did in this minute; when it is full the one that was heard of
 * longest ago is forgotten. The hash is keyed: nobody can choose addresses that make it slow.
 */

#ifndef IN_ADMISSION_H
#define IN_ADMISSION_H

#include "lib/io/net.h"

#define ADMISSION_CONNECTIONS 4000      /* of a porter, at most */

struct admission_limits {
  unsigned int of_address, of_network;                  /* connections at a time */
  unsigned int address_rate, network_rate;              /* new ones in a minute; 0: no limit */
};

/* Where a connection is counted; all zero: nowhere. */
struct admission {
  unsigned int address, network;
};

/* Once. 0, or -1 with errno. */
extern int admission_start(void);

/* Counts a connection that comes now (io_clock); at most ADMISSION_CONNECTIONS are. Null; or why it may not come, with
   the status code of RFC 3463 in front, and it is not counted. */
extern char const *admission_enter(struct admission *, struct net_address const *, struct admission_limits const *,
                                   long long now);

/* It is over. Nothing where it was not counted. */
extern void admission_leave(struct admission *);

/* Nobody is to come from the address, IPv6 from its /64, until then (io_clock). */
extern void admission_ban(struct net_address const *, long long until);
/* 1 when that is so now. */
extern int admission_is_banned(struct net_address const *, long long now);

#endif
