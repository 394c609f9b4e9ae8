/*
 * child.h - the mail-remote processes of mail-rspawn, and the copies of mail-transport: a bounded table
 *
 *      state           means                                   ends by
 *      CHILD_FREE      the slot is empty                       child_give
 *      CHILD_IDLE      waits for another job of its domain     child_give; its time is over: CHILD_LEAVING
 *      CHILD_BUSY      has a job out                           its report; its death or its time limit: CHILD_FREE
 *      CHILD_LEAVING   was told to go: its socket is shut      its death, or a time limit: CHILD_FREE
 *
 * A process is collected only after its socket ended or it was killed, so its pid is never another's. Copies of
 * mail-transport, for domains with a program or a Unix socket, are not ours to kill or collect: they end, and their
 * programs with them, when their socket is closed.
 */

#ifndef REMOTE_CHILD_H
#define REMOTE_CHILD_H

#include <stdint.h>
#include <sys/types.h>

#include "door/job.h"

#define CHILD_MAX 1000
#define CHILD_DOMAIN_MAX 255

enum child_state { CHILD_FREE, CHILD_IDLE, CHILD_BUSY, CHILD_LEAVING };

struct child {
  enum child_state state;
  pid_t pid;                    /* 0: a copy of mail-transport */
  int fd;                       /* our end of its socket */
  int retire;                   /* no more jobs after this one */
  unsigned int jobs;            /* given so far */
  uint32_t number, rcpts;       /* BUSY: of its job */
  long long born, until;        /* until: when IDLE, BUSY or LEAVING end at the latest */
  char domain[CHILD_DOMAIN_MAX + 1];
};

extern struct child children[CHILD_MAX];
extern unsigned int child_top;  /* all slots from here on are free */

/* What to run for a child; counts how many there can be: fewer where the limit of open files is low. */
extern void child_start(char const *program);

/* The open files that they, and their keeper, need at most. */
extern unsigned int child_files(void);

/* Starts mail-transport, before the lock. Our end of its socket, or -1 with errno. */
extern int child_transport(char const *program);

/* The idle child of a domain, or a new one, or null with errno (EAGAIN: all slots are busy; ENOTCONN: it needs
   mail-transport, which there is not). */
extern struct child *child_for(char const *domain);

/* Hands a job over, for at most that many seconds. 0, or -1: the child is gone, its slot free. */
extern int child_give(struct child *, char const *record, size_t len, int message, struct job const *,
                      long long seconds);

/* Its job is done: keeps it a moment, or sends it away when it has served enough. */
extern void child_done(struct child *);

/* Shuts its socket: it says QUIT and exits. */
extern void child_leave(struct child *);

/* Kills and collects it; the slot is free. */
extern void child_end(struct child *);

/* No child gets another job (HUP, end). */
extern void child_retire_all(void);

#endif
