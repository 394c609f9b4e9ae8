/*
 * authenticate.h - AUTH (RFC 4954) as a client: SCRAM-SHA-256 (RFC 7677), PLAIN (RFC 4616), or LOGIN with hosts that
 * know no other
 *
 * The best that the host offers is tried, and no other after it: a host that refuses one gets the password in no other
 * way. SCRAM is computed by mail-tlsd (door/scram.h); where that cannot be asked, nothing has been said yet, and the
 * next one is taken.
 */

#ifndef REMOTE_AUTHENTICATE_H
#define REMOTE_AUTHENTICATE_H

#include "remote/session.h"

/* Logs in as the session's login, once the host's certificate has been verified. 1; or 0, and why tells what is to be
   put right: a refusal is never for good. A login that the host says is wrong is barred for a minute. */
extern int authenticate(struct session *);

#endif
