/*
 * dispatch.h - serves the connections of a porter (mail-smtpd -l) by sessions: processes that are forked ahead and stay
 *
 * A session serves one client address, and a second connection only when all of this holds; else it ends, and another
 * one that has seen nobody takes the place:
 *
 *      the address is the same one, not only its network
 *      the client ended by QUIT; nothing was refused, no command was wrong, the connection had no trouble
 *      neither connection has RELAYCLIENT or comes by a front end (front.h)
 *      the address is not the loopback's, unless control/listenloopback says so
 *      nobody logs in here: under submission a session serves one connection
 *
 * The dispatcher reads no byte of a client. It knows of sessions that they are through, and believes no more.
 */

#ifndef IN_DISPATCH_H
#define IN_DISPATCH_H

#include "in/server.h"

/* The program's whole life. It exits with 0 when it has been retired, or the porter is gone, and the last connection is
   over; with 111 when it cannot begin, or go on. */
extern _Noreturn void dispatch(struct server const *);

#endif
