/*
 * host.h - the life of a session under a dispatcher: one connection after the other, all of one client
 */

#ifndef IN_HOST_H
#define IN_HOST_H

#include "in/server.h"

/* Locks the process in further and serves what orders (in/order.h) bring, until they end, or a connection ended in
   another way than by QUIT and without trouble, or was of a kind that is served once: see dispatch.h. */
extern _Noreturn void host(struct server const *, struct rules const *settings, int orders);

#endif
