/* own.h - which addresses are this host's own: mail sent there would come back to us */

#ifndef REMOTE_OWN_H
#define REMOTE_OWN_H

#include "lib/io/net.h"

/* Asks the kernel for the addresses. Call it once, before the process locks itself in. 0, or -1 with errno. */
extern int own_start(void);

/* Is it one of them, or of 127/8, ::1, or an address that means "this host"? */
extern int own_address(struct net_address const *);

/* 0/8 and ::, which connect to this host but are nobody's address (RFC 1122 section 3.2.1.3) */
extern int own_unspecified(struct net_address const *);

#endif
