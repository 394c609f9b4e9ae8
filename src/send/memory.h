/*
 * memory.h - who may have how much memory for loaded messages
 *
 * A message of more than MEMORY_SMALL bytes is large. Large ones get half of MEMORY_MAX together, so that there is
 * always room for small ones, and of that one user's get a quarter: the uid that brought them. maild, maila and mailb
 * speak for many: of them each message has a quarter, more than a part of it (part.h) may take. One is loaded whatever
 * its size when no other is there. What does not fit has been read once; it waits as a number in its owner's lot and
 * costs nothing until there is room.
 */

#ifndef SEND_MEMORY_H
#define SEND_MEMORY_H

#include <stddef.h>
#include <sys/types.h>

#include "send/backlog.h"

#define MEMORY_MAX 67108864
#define MEMORY_SMALL 16384
#define MEMORY_LARGE (MEMORY_MAX / 2)
#define MEMORY_SHARE (MEMORY_LARGE / 4)

#define memory_large(weight) ((weight) > MEMORY_SMALL)

/* Is there any for a message of any size? */
extern int memory_room(void);
/* Takes weight bytes for a message that this uid has brought. 1; 0: it waits, PLACE_LOT, until memory_next. */
extern int memory_take(known, uid_t, size_t weight);
extern void memory_give(uid_t, size_t weight);
/* One that has had a turn waits for the next, behind others. */
extern void memory_wait(known, uid_t, size_t weight);

/* Is there room for one that waits? */
extern int memory_waits(void);
/* Such a one, which is to be loaded now, or 0. */
extern known memory_next(void);

#endif
