/*
 * lmtp.h - what is different in LMTP (RFC 2033) from the SMTP that transaction.h speaks: after the message comes a
 * reply for each recipient; LHLO is session.c's
 */

#ifndef REMOTE_LMTP_H
#define REMOTE_LMTP_H

#include "remote/outcome.h"
#include "remote/session.h"

/* After the final dot, or after the session was cut on the way there: reads the reply of each recipient that was
   accepted, and settles it. */
extern void lmtp_answers(struct session *, struct outcome *);

#endif
