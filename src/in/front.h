/*
 * front.h - the front ends whose word about a client counts (control/proxyhosts): they speak before each client, with a
 * PROXY header (proxy.h)
 */

#ifndef IN_FRONT_H
#define IN_FRONT_H

/* Reads the setting: null, or its name when it cannot be used (errno tells why; a bad entry is in the log). */
extern char const *front_start(void);

/* 1 when the address, as peer_address writes it, is one of theirs. */
extern int front_is(char const *ip);

#endif
