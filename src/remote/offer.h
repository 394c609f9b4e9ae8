/* offer.h - what a host offers in its answer to EHLO or LHLO (RFC 5321 section 4.1.1.1) */

#ifndef REMOTE_OFFER_H
#define REMOTE_OFFER_H

#include "remote/session.h"

/* Reads control/ehloignore. 0, or -1 with errno. */
extern int offer_start(void);

/* Takes it from the reply that was read last. */
extern void offer_read(struct session *);

/* Takes back what control/ehloignore names for a host or a domain. */
extern void offer_ignore(struct session *, char const *name);

#endif
