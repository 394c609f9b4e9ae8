/*
 * places.h - the connections that a porter has let in, by number
 *
 * Each is in the hands of a dispatcher, or of a process of its own.
 */

#ifndef IN_PLACES_H
#define IN_PLACES_H

#include <sys/types.h>

#include "in/admission.h"
#include "lib/io/net.h"

#define PLACES_MAX ADMISSION_CONNECTIONS
#define PLACES_NOBODY -1

struct place {
  struct net_address peer;
  struct admission admission;
  int dispatcher;       /* its number, or PLACES_NOBODY */
  pid_t pid;            /* of its own process, or 0 */
  int taken;
};

extern struct place places[PLACES_MAX];
extern unsigned int places_taken;

/* Once. */
extern void places_start(void);

/* Takes a free one, for a connection from there: its number. There must be one: places_taken < PLACES_MAX. */
extern unsigned int places_take(struct net_address const *peer);
/* The connection is over; and it is not counted any more. */
extern void places_leave(unsigned int);

/* What a dispatcher says: the connection is over. Nothing where it never got it. Broken: its session died of a signal,
   and nobody is to come from its address for a minute. */
extern void places_over(unsigned int, int dispatcher, int broken);
/* The dispatcher is gone, and with it its connections. */
extern void places_forget(int dispatcher);
/* A process of a connection's own has ended. 1, or 0 when it is none. */
extern int places_ended(pid_t, int broken);
/* 1 when there is such a process. */
extern int places_own(void);

#endif
