/* offer.h - what a host offers in its answer to EHLO or LHLO (RFC 5321 section 4.1.1.1) */

#ifndef OFFER_H
#define OFFER_H

#include "remote/session.h"

/* Nothing, as before EHLO and in QMTP. */
extern void offer_none(struct session *);

/* Takes it from the reply that was read last. */
extern void offer_read(struct session *);

#endif
