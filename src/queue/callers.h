/*
 * callers.h - the connections of mail-queued: how many, whose, and which still wait for their first byte
 *
 * A connection starts idle: accepted, not one byte has come, no process. At its first byte it becomes a
 * worker's (worker.h), to its end. Shares of all connections, so that no class of callers keeps the others out:
 *
 *      mailb           all
 *      all others      seven eighths together
 *      maild           three quarters
 *      users           half of all together, and each of them at most queueperuser
 *      root            an eighth, and 4 at least, on top of all: nobody else can take them
 *
 * A user that says nothing holds a place for nothing: when the users' half is full, the uid with most idle connections
 * loses its oldest one. Idle is, after a second, who has not sent a byte, and whose worker waits for more.
 */

#ifndef QUEUE_CALLERS_H
#define QUEUE_CALLERS_H

#include <poll.h>
#include <sys/types.h>

#include "queue/caller.h"
#include "queue/seats.h"

#define CALLERS_MAX 4000        /* connections, whatever the setting says */
#define CALLERS_MIN 8           /* fewer could not be shared */
#define CALLERS_PLACES (CALLERS_MAX + CALLERS_MAX / 8)  /* root's too */

enum caller_state { CALLER_FREE, CALLER_IDLE, CALLER_SERVED };

struct connection {
  struct caller who;
  enum caller_state state;      /* of the place */
  int fd;
  long long since;      /* idle: when it came, or spoke, by io_clock */
  long long later;      /* idle: it has spoken, and no worker is tried for it before */
};

extern struct connection callers[CALLERS_PLACES];
extern unsigned int callers_used;       /* places beyond it are free */

/* Once, before the first worker. 0, or -1 with errno. */
extern int callers_start(void);

/* May this uid have one more? */
extern int callers_allowed(uid_t, unsigned int most, unsigned int per_user);

/* Has this uid as many as one user may have? */
extern int callers_full_of(uid_t, unsigned int per_user);

/* Ends an idle connection of the users, if there is one: at once, or within a second where it has a worker. 1, or 0. */
extern int callers_make_room(void);

/* What a connection shares with its worker. */
extern struct seat *callers_seat(struct connection const *);

/* Takes an idle connection in. 1, or 0 when there is no place. */
extern int callers_add(int fd, struct caller const *);

/* An idle connection has become a worker's. Its descriptor stays, to cut it off with. */
extern void callers_serve(struct connection *);

/* Ends a connection, whoever has it: a broken worker may only say that it is through with it. */
extern void callers_remove(struct connection *);

#endif
