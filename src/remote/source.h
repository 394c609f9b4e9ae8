/*
 * source.h - control/outgoingip: the addresses of this host that connections to others come from
 *
 *      example.org:192.0.2.1                   mail to this domain comes from there
 *      .example.org:192.0.2.2,2001:db8::2      to all below it: one address of each family
 *      :192.0.2.3                              to all others; the bare address means the same
 *      example.net:                            an exception: the system chooses
 *
 * For a family that its line does not name, the system chooses.
 */

#ifndef REMOTE_SOURCE_H
#define REMOTE_SOURCE_H

#include "lib/io/net.h"

/* Reads the file. 0, or -1 with errno; EINVAL: a line is not of this form. */
extern int source_start(void);

/* The address that connections of a family for a domain's mail come from. 1, or 0: the system chooses. */
extern int source_find(struct net_address *, char const *domain, int family);

/* Is there one for a domain, in any family? */
extern int source_any(char const *domain);

#endif
