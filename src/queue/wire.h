/*
 * wire.h - the bytes of one caller of mail-queued: one large buffer, bounded waits
 *
 * Hides the buffer and the two time limits: how long a caller may be silent, and how long one message
 * may take, both by a clock that nobody sets.
 */

#ifndef QUEUE_WIRE_H
#define QUEUE_WIRE_H

#include <stddef.h>
#include <stdint.h>

enum wire_state {
  WIRE_GOOD,
  WIRE_END,             /* the caller closed */
  WIRE_LATE,            /* a time limit is reached */
  WIRE_UNSEATED,        /* others need the place of this silent caller */
  WIRE_ERROR
};

struct wire {
  int fd;               /* non-blocking */
  int idle;             /* milliseconds that a caller may be silent */
  struct seat *seat;    /* says whether the caller is waited for, and is asked whether to go on (seats.h) */
  long long deadline;   /* of the message, by io_clock; 0: none runs */
  enum wire_state state;        /* once it is not WIRE_GOOD it stays so, and nothing more comes */
  size_t start, end;    /* of what buf holds */
  char buf[131072];
};

extern void queue_wire_start(struct wire *, int fd, struct seat *);

/* How long the caller may be silent from now on. */
extern void wire_patience(struct wire *, unsigned int seconds);

/* Exactly len bytes. 1, or 0: see state (WIRE_END also when some, but not all, have come). */
extern int wire_get(struct wire *, char *, size_t len);
extern int wire_get_u32(struct wire *, uint32_t *);

/* What is there of the next max bytes, at least one: where they are, and how many. Null: see state. */
extern char const *wire_some(struct wire *, size_t max, size_t *len);

/* Has the caller closed the connection? It has given up then, and will not hear an answer. (One that only will not
   send any more has not.) */
extern int wire_left(struct wire *);

/* An answer of the door (door/submit.h). 1, or 0 when the caller does not take it. */
extern int wire_answer(struct wire *, int code, char const *text);

#endif
