/*
 * child.h - one mail-local as its parent sees it: how it becomes the recipient, what it says, how it ends
 *
 * The child's descriptor 1 brings one line for the sender, descriptor 2 lines for the log, its own and its
 * programs'. Both are read as they come, bounded in what is kept and in lines that are logged, so that no child
 * can fill memory or log; when no more lines are logged they are read slowly, so that none takes the parent's time.
 * Whatever is not understood is a temporary failure.
 */

#ifndef LOCAL_CHILD_H
#define LOCAL_CHILD_H

#include <sys/types.h>

#include "door/job.h"
#include "door/limits.h"
#include "door/lookup.h"
#include "door/report.h"
#include "lib/msg/id.h"

#define CHILD_FDS 2
#define CHILD_LINE_MAX 400      /* bytes of a logged line; longer ones are logged in pieces */

/* What a delivery keeps of its job for the environment: the message's ID, and the parameters (door/param.h). */
struct child_params {
  char id[ID_MAX + 1];
  size_t of_sender, of_rcpt;    /* bytes of them */
  char sender[PARAM_RUN_MAX], rcpt[PARAM_RUN_MAX];
};

struct child {
  pid_t pid;
  int fd[CHILD_FDS];            /* 0: the text for the sender, 1: the log */
  char text[TEXT_MAX + 1];
  size_t text_len;
  int text_done;                /* the first line is over */
  char line[CHILD_LINE_MAX];
  size_t line_len;
  unsigned int lines;           /* logged so far */
  long long slow_until;         /* nothing is read before: it has said all that is kept */
};

extern void child_params(struct child_params *, struct job const *);

/* Starts mail-local as the user of the answer with the message for address, which the sender may have to name
   (lib/addr/verp.h); standard is the default delivery. 0, or -1 (logged). */
extern int local_child_start(struct child *, int message, struct lookup_answer const *, char const *sender,
                             char const *address, char const *standard, struct child_params const *);
/* 0 when its descriptors are to be read now; else the moment (io_clock) from which on. */
extern long long child_pause(struct child const *);
/* Takes what has come on one of its descriptors. */
extern void child_read(struct child *, int which, char const *id);
/* The child ended with this status: takes the rest, closes all, and tells the result; text says it in words. */
extern enum result local_child_end(struct child *, int status, char const *id);
/* Sends a signal to it and all of its process group. */
extern void child_kill(struct child const *, int sig);

#endif
