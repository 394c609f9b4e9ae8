/*
 * wire.h - the bytes of one caller of mail-queued: one large buffer, bounded waits
 *
 * Hides the buffer and the two time limits: how long a caller may be silent, and how long one message
 * may take, both by a clock that nobody sets.
 */

#ifndef WIRE_H
#define WIRE_H

#include <stddef.h>
#include <stdint.h>

enum wire_state {
  WIRE_GOOD,
  WIRE_END,             /* the caller closed */
  WIRE_LATE,            /* a time limit is reached */
  WIRE_ERROR
};

struct wire {
  int fd;               /* non-blocking */
  int idle;             /* milliseconds that a caller may be silent */
  long long deadline;   /* of the message, by io_clock; 0: none runs */
  enum wire_state state;        /* once it is not WIRE_GOOD it stays so, and nothing more comes */
  size_t start, end;    /* of what buf holds */
  char buf[131072];
};

extern void wire_start(struct wire *, int fd, unsigned int idle_seconds);

/* Exactly len bytes. 1, or 0: see state (WIRE_END also when some, but not all, have come). */
extern int wire_get(struct wire *, char *, size_t len);
extern int wire_get_u32(struct wire *, uint32_t *);

/* What is there of the next max bytes, at least one: where they are, and how many. Null: see state. */
extern char const *wire_some(struct wire *, size_t max, size_t *len);

/* An answer of the door (door/submit.h). 1, or 0 when the caller does not take it. */
extern int wire_answer(struct wire *, int code, char const *text);

#endif
