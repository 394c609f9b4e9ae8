/*
 * caller.h - who calls mail-queued, as the kernel says, and what callers may
 */

#ifndef QUEUE_CALLER_H
#define QUEUE_CALLER_H

#include <sys/types.h>

#define CALLERS_USER_IDLE 30    /* seconds a user's connection may be idle, in no message */

enum callers_class { CALLERS_BOUNCES, CALLERS_NETWORK, CALLERS_ROOT, CALLERS_USERS, CALLERS_CLASSES };

struct caller {
  uid_t uid;
  pid_t pid;
};

struct caller_limits {
  unsigned int idle;            /* seconds a caller may be silent */
  unsigned int recipients;      /* of one envelope */
  unsigned int timeout;         /* seconds of one message */
  unsigned int reserve;         /* percent of the disk: space.h */
  unsigned int bytes;           /* of a message; 0: no limit of this kind */
};

extern enum callers_class callers_class(uid_t);

/* Seconds that this uid may be silent in no message, where idle is the setting. */
extern unsigned int callers_idle(uid_t, unsigned int idle);

#endif
