/*
 * seats.h - what mail-queued and its workers know of each other: a few numbers for each connection, in shared memory
 *
 * The parent gives a seat to a connection; its worker says there whether it waits for its caller and how much memory it
 * holds, and finds there that it has to go. A broken worker can lie to the others about memory and silence: then
 * callers are refused or let go too early or too late, and nothing else.
 */

#ifndef QUEUE_SEATS_H
#define QUEUE_SEATS_H

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#define SEAT_MEMORY_FREE 65536          /* bytes of an envelope that every connection may have */
#define SEAT_MEMORY_CLASS 134217728     /* bytes that all of one class may hold beyond that, envelopes counted twice */

struct seat {
  uid_t uid;
  int class;                    /* callers.h */
  _Atomic long long waits;      /* since when the worker waits for its caller, by io_clock; 0: it is at work */
  _Atomic uint32_t memory;      /* bytes */
  _Atomic int go;               /* the parent needs the place */
};

/* The n seats, all free; once, before the first worker. Null with errno. */
extern struct seat *seats_start(unsigned int n);

/* May this seat hold so many bytes now? Its class has a bound, and one uid of users at most half of it. 1 (and they are
   counted), or 0: it holds what it held. */
extern int seat_memory(struct seat *, uint32_t bytes);

#endif
