/*
 * group.h - the daemons of a service: what each is and gets, which of them live
 */

#ifndef START_GROUP_H
#define START_GROUP_H

#include <sys/types.h>

#include "lib/conf/value.h"
#include "start/lines.h"

struct end {
  int fd;               /* number in the daemon; 0 ends the list (0 itself is the lifeline) */
  enum line line;
  int side;
};

#define REREADS 1       /* HUP is passed on */
#define HURRIES 2       /* ALRM is passed on */
#define LEADS 4         /* TERM is passed on; the others follow when the lifeline ends after it */

struct daemon {
  char const *name;
  char const *arg;
  int role;
  unsigned int signals;
  struct end ends[7];
  pid_t pid;            /* 0: not running */
  int status;           /* of its last end */
  int listens;          /* it gets the sockets of this service: */
  enum service service;
};

/* A group is an array of them; one without a name ends it. */

/* A signal to those that it is for: who, one of the bits above. */
extern void group_tell(struct daemon const *group, unsigned int who, int sig);

/* How many of them run. */
extern int group_running(struct daemon const *group);

/* Is there a daemon to start again? Whether it ended or was never started does not matter. */
extern int group_missing(struct daemon const *group);

/* When those that lead have ended, the rest is told by the end of the lifeline. */
extern void group_let_go(struct daemon const *group);

/* Takes the ends of children. Those that are no daemon of the group now belong to an earlier life of it and end
   unnoticed. */
extern void group_reap(struct daemon *group);

#endif
