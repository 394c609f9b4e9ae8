/*
 * workers.h - a crew of processes that stay: each does one task at a time, and all of them for one key
 *
 *      state           next
 *      spare           does the first task that comes, whoever's; there is one, made ahead
 *      at work         rests when it is through with its task, or ends
 *      resting         does the next task of the same key; ends after WORKERS_REST, or when WORKERS_RESTING are
 *
 * What is dear is to start a process, so one stays where nothing is gained by it for who has broken into it: it never
 * gets a task of another key. A worker gets orders by a socket pair (lib/io/packet.h) and answers with a byte when it
 * is through with one; it ends when the parent closes its side. One that says anything else gets no more.
 *
 * A process has one crew at most. Tasks are numbers of the caller's, each under way once.
 */

#ifndef LIB_IO_WORKERS_H
#define LIB_IO_WORKERS_H

#include <poll.h>
#include <stddef.h>
#include <sys/types.h>

#define WORKERS_REST 5000       /* ms */
#define WORKERS_RESTING 16      /* how many may rest at a time */
#define WORKERS_MORE (WORKERS_RESTING + 1)      /* places beyond those for tasks: who rests, and the spare one */

/* A worker's answers. */
#define WORKERS_THROUGH 0       /* with its task */
#define WORKERS_ENDS 1          /* and it wants no other */

#define WORKERS_NONE (-1U)      /* no task */

/* Whose a task is; compared byte by byte. */
struct workers_key {
  unsigned char s[20];
};

struct crew {
  unsigned int most;            /* workers at a time */
  unsigned int lingering;       /* of one key, told to end and still there; with more the key gets no new one */
  pid_t (*make)(int *sock);     /* as spawn_copy; in the worker it does not return */
  void (*over)(unsigned int task);      /* its worker is through with it */
};

/* Once. 0, or -1 with errno. What is known of the workers none of them has in its memory. */
extern int workers_start(struct crew const *);

/* Hands out a task, an order and its descriptor (or -1): to who rests of that key, else the spare one, else, where
   may_make, a new one. Without a key (null) its worker has done nothing before, and ends after it. 1; or 0: not now. */
extern int workers_give(unsigned int task, struct workers_key const *, char const *order, size_t len, int fd,
                        int may_make);

/* One more record to who is at work on a task. 0, or -1. */
extern int workers_tell(unsigned int task, char const *s, size_t len);

/* Who is at work on a task gets no more and is not heard again, if there is one: the task is over, whatever it does. */
extern void workers_leave(unsigned int task);

/* Makes the spare one, unless it is there. 0, or -1 when that is not possible now, and the log says why. */
extern int workers_spare(void);

/* Fills p, for at most crew.most, with what they say; how many. */
extern size_t workers_polled(struct pollfd *p);
/* Takes what they said: the same p and n, after the wait. */
extern void workers_heard(struct pollfd const *p, size_t n);

/* Ends those that have rested for long, or all that are not at work. When the next one has, by io_clock; or
   WAKE_NEVER. */
extern long long workers_rest(void);
extern void workers_dismiss(void);

/* A child of the parent has ended: the task that it was at, which is over, or WORKERS_NONE. */
extern unsigned int workers_ended(pid_t);

#endif
