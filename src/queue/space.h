/*
 * space.h - how full the queue's disk may get, by whom
 *
 * A reserve of blocks and inodes is kept: queuereserve percent of the disk, at most 1 GiB and 100,000 inodes.
 * New mail stops before the disk is full, so that bounces and mail-send's state still find room, and the
 * users of the host stop before the network does:
 *
 *      callers         stop when less is free than
 *      users           the reserve
 *      maild           three quarters of it
 *      mailb           a quarter; the last quarter is mail-send's
 */

#ifndef QUEUE_SPACE_H
#define QUEUE_SPACE_H

#include <sys/types.h>

#define SPACE_STEP 262144       /* bytes of a message after which to look again */

/* Is there room for a message of this uid in the directory's filesystem? 1, 0 no, -1 with errno. */
extern int space_left(int dir, uid_t, unsigned int percent);

#endif
