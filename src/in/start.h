/* start.h - how every server of this room begins: settings first, then the lock, then the client's first byte */

#ifndef IN_START_H
#define IN_START_H

#include "in/peer.h"
#include "in/rules.h"

/* Descriptors, user, settings, peer, and of the helpers (starter.h, resolver.h) those that this session can need. What
   fails is told to the client with the words unavailable, and logged; then the program exits with 111. */
extern void start(char const *name, enum rules_protocol, char const *unavailable, struct rules *, struct peer *);

/* Bounds the process and locks it in: all it has then are its client and the sockets of its neighbours. Where the peer
   is a front end it has to say first who the client is (front.h, proxy.h): peer is that client then. A front end that
   does not is hung up on, without a word, and the program exits with 0. */
extern void start_lock(struct rules const *, struct peer *);

#endif
