/*
 * callers.h - the connections of mail-queued: how many, whose, and which still wait for their first byte
 *
 * A connection starts idle: accepted, not one byte has come, no process. At its first byte it becomes a
 * child's, until that one ends. Shares of all connections, so that no class of callers keeps the others out:
 *
 *      mailb           all
 *      all others      seven eighths together
 *      maild           three quarters
 *      users           half of all together, and each of them at most queueperuser
 */

#ifndef CALLERS_H
#define CALLERS_H

#include <poll.h>
#include <sys/types.h>

#include "queue/intake.h"

#define CALLERS_MAX 4000        /* connections, whatever the setting says */
#define CALLERS_MIN 8           /* fewer could not be shared */

struct connection {
  struct caller who;
  pid_t child;          /* 0: idle, -1: the place is free */
  int fd;               /* idle: the connection */
  long long since;      /* idle: when it came, by io_clock */
};

extern struct connection callers[CALLERS_MAX];
extern unsigned int callers_used;       /* places beyond it are free */

/* May this uid have one more? */
extern int callers_allowed(uid_t, unsigned int most, unsigned int per_user);

/* Takes an idle connection in. 1, or 0 when there is no place. */
extern int callers_add(int fd, struct caller const *);

/* The child of a connection has ended. 1, or 0 when it is none. */
extern int callers_reap(pid_t);

/* Ends an idle connection, or forgets one that is a child's. */
extern void callers_remove(struct connection *);

#endif
