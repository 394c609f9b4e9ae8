/*
 * connect.h - a connection to a host, by whichever of its addresses answers first (RFC 8305 section 5)
 *
 * The first address has a start of 250 ms; then, or as soon as it fails, the next one is tried beside it, and so on.
 * The first connection that comes is taken, the other attempts are given up. Only the addresses of one host race: were
 * the next MX host among them, mail would go to a lesser host because a better one is slow.
 *
 * An address that could not be connected to is left alone for a minute.
 */

#ifndef REMOTE_CONNECT_H
#define REMOTE_CONNECT_H

#include "remote/route.h"

/* Reads control/timeoutconnect. 0, or -1 with errno. */
extern int connect_start(void);

/* Connects to the host of target first, by those of its addresses from there on that have not been tried. Those that
   fail, and the one that is taken, become tried; why tells how they failed, empty when none did. Adds the attempts that
   were made to *made. A non-blocking descriptor, with *which the target; or -1. */
extern int connect_host(struct route *, unsigned int first, unsigned int *which, long long deadline, unsigned int *made,
                        char why[TEXT_MAX + 1]);

#endif
