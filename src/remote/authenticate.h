/* authenticate.h - AUTH (RFC 4954) as a client: PLAIN (RFC 4616), or LOGIN with hosts that know no other */

#ifndef REMOTE_AUTHENTICATE_H
#define REMOTE_AUTHENTICATE_H

#include "remote/session.h"

/* The bit of a mechanism's name, or 0. */
extern unsigned int authenticate_mechanism(char const *, size_t len);

/* Logs in as the session's login, once the host's certificate has been verified. 1; or 0, and why tells what is to be
   put right: a refusal is never for good. A login that the host says is wrong is barred for a minute. */
extern int authenticate(struct session *);

#endif
