/*
 * frame.h - netstrings from the client, one level deep within another, every length bounded before it is believed
 *
 * The first thing that is no netstring, or reaches out of the one around it, or does not come in time, ends the
 * reading for good: everything after it fails. Nothing is allocated.
 *
 *      left            means
 *      FRAME_OPEN      no netstring is around what comes
 *      n               n bytes of the enclosing one have not been read
 */

#ifndef IN_FRAME_H
#define IN_FRAME_H

#include <stddef.h>

#include "in/wire.h"

#define FRAME_OPEN ((size_t)-1)

struct frame {
  struct wire *wire;
  size_t left;
  int bad;                      /* of form; trouble of the connection is in wire->state */
  int begun;                    /* a byte has been read since the start */
  long long until;              /* when what is being read must have come */
};

extern void frame_start(struct frame *, struct wire *);

/* Reads a length up to max: 1, or 0. What follows has the wire's idle time. */
extern int frame_length(struct frame *, size_t max, size_t *len);

/* Bytes of a netstring that have come or come before until, at most max and at least one: *s is where they are, theirs
   to change; 0 when none do. */
extern size_t frame_some(struct frame *, char **s, size_t max, long long until);

/* All len bytes and the comma; those behind the first keep bytes are read and thrown away. to gets no NUL. 1, or 0. */
extern int frame_text(struct frame *, char *to, size_t len, size_t keep);

/* The comma. 1, or 0. */
extern int frame_end(struct frame *);

/* From here to frame_leave, which is 1 only when all of it has been used and its comma comes, everything is in a
   netstring of that length. */
extern void frame_enter(struct frame *, size_t len);
extern int frame_leave(struct frame *);

#endif
