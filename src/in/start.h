/* start.h - how every server of this room begins: settings first, then the lock, then the client's first byte */

#ifndef START_H
#define START_H

#include "in/rules.h"

/* Descriptors, user, settings. What fails is told to the client with the words unavailable, and logged; then the
   program exits with 111. */
extern void start(char const *name, char const *unavailable, struct rules *);

/* Bounds the process and locks it in: all it has then are its client and the sockets of its neighbours. */
extern void start_lock(void);

#endif
