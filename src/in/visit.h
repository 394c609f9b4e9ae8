/*
 * visit.h - one connection of a client, as a session gets it: who comes, what holds for it, how it has to be served
 *
 * Nothing of it is kept for the next one.
 */

#ifndef IN_VISIT_H
#define IN_VISIT_H

#include "in/peer.h"
#include "in/rules.h"
#include "in/ucspi.h"

/* Connections to neighbours, which stay open for the same client's next visit; -1: there is none. */
struct ties {
  int queue;
  int lookup;
};

struct visit {
  struct rules rules;           /* the settings, with what the environment or the client's rule says of it */
  struct peer peer;
  int in, out;
  struct ucspi ucspi;           /* who stands before us and does TLS, if one does */
  int orders;                   /* under a dispatcher: what comes here asks for the place of who is idle; else -1 */
  int hurry;                    /* ms for the first command; 0: as for all others */
  struct ties *ties;            /* null: no neighbour is kept */
};

/* 1 when the peer is a front end (front.h), which has to say first who the client is. RELAYCLIENT was set for its own
   address: it is no permission for whoever comes through it. */
extern int visit_fronted(struct visit *);

/* Takes its word: the peer is that client then. 1; or 0, with a line of the log: it is hung up on, without a word. */
extern int visit_hear(struct visit *);

#endif
