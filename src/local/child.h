/*
 * child.h - one mail-local as its parent sees it: what it says, how it ends
 *
 * It gets tasks by a socket (task.h): one, and more of the same uid, gid and home as long as it says "done" each
 * time, which it does not where it ran a program. Any other verdict is an exit code. Its descriptor 1 brings one line
 * for the sender, descriptor 2 lines for the log, its own and its programs'. Both are read as they come, bounded in
 * what is kept and in lines that are logged, so that no child can fill memory or log; when no more lines are logged
 * they are read slowly, so that none takes the parent's time. Whatever is not understood is a temporary failure.
 */

#ifndef LOCAL_CHILD_H
#define LOCAL_CHILD_H

#include <sys/types.h>

#include "door/limits.h"
#include "door/lookup.h"
#include "door/report.h"

#define CHILD_FDS 3
#define CHILD_LINE_MAX 400      /* bytes of a logged line; longer ones are logged in pieces */

struct child {
  pid_t pid;
  int fd[CHILD_FDS];            /* 0: the text for the sender, 1: the log, 2: tasks */
  uid_t uid;
  gid_t gid;
  char home[LOOKUP_HOME_MAX + 1];
  unsigned int tasks;           /* given to it so far */
  int done;                     /* with the last one, and it waits for another */
  char text[TEXT_MAX + 1];
  size_t text_len;
  int text_done;                /* the first line is over */
  long long text_from;          /* io_clock: read from then on, or at its end, which most of the time comes before */
  char line[CHILD_LINE_MAX];
  size_t line_len;
  unsigned int lines;           /* logged so far */
  long long slow_until;         /* nothing is read before: it has said all that is kept */
};

/* It has got its first task. */
extern void child_begin(struct child *);
/* Begins another task: what it said before is forgotten. */
extern void child_renew(struct child *);
/* 0 when this descriptor is to be read now; else the moment (io_clock) from which on. */
extern long long child_pause(struct child const *, int which);
/* Takes what has come on one of its descriptors. */
extern void child_read(struct child *, int which, char const *id);
/* The child ended with this status: takes the rest, closes all, and tells the result; text says it in words. */
extern enum result local_child_end(struct child *, int status, char const *id);
/* It is done: takes the rest of what it said, which text has then. */
extern void child_take_rest(struct child *, char const *id);
/* Closes all; it ends then, if it is through with its task. */
extern void child_close(struct child *);
/* Sends a signal to it and all of its process group. */
extern void child_kill(struct child const *, int sig);

#endif
