/*
 * qmtp.h - one message over QMTP: all of the request, then an answer for each recipient, matched by position
 *
 * A request is three netstrings: the message behind an LF, which says that its lines end so; the sender; and the
 * netstrings of the recipients in one. Nothing is negotiated: what senders asked about reports cannot be passed on, and
 * a message that needs SMTPUTF8 is not for such a host (remote/suits.h).
 */

#ifndef REMOTE_QMTP_H
#define REMOTE_QMTP_H

#include "remote/outcome.h"
#include "remote/params.h"
#include "remote/session.h"

/* For those who are asked in this transaction. 1; or 0: the host gave up the session before it had the whole request,
   though it took one before. */
extern int qmtp(struct session *, struct mail const *, struct outcome *);

#endif
