/*
 * tell.h - what a process of one login and mail-authd's parent say to each other, over a socket pair (lib/io/packet.h)
 *
 * The parent counts, and believes a process only about its own login: a broken one knows all passwords' hashes anyway.
 */

#ifndef AUTH_TELL_H
#define AUTH_TELL_H

#include "auth/throttle.h"
#include "door/auth.h"

enum tell_kind {
  TELL_TRY,             /* a login is about to be looked at; answered */
  TELL_OVER,            /* end: what became of it */
  TELL_MESSAGE          /* it sends one, with so many recipients; answered */
};

struct tell {
  enum tell_kind kind;
  enum throttle_end end;
  unsigned int rcpts;
  int local;
  char ip[AUTH_IP_MAX + 1];
  char login[AUTH_LOGIN_MAX + 1];       /* in lower case */
};

struct told {
  unsigned int wait;            /* TELL_TRY: seconds; 0: go on */
  enum throttle_over_limit over;        /* TELL_MESSAGE: and limit is the number */
  unsigned int limit;
};

/* In the process: asks and waits. 0, or -1 when the parent is gone. */
extern int tell_ask(int parent, struct tell const *, struct told *);
/* Says something that has no answer. */
extern void tell_say(int parent, struct tell const *);

/* In the parent: one of the process's records; 1, or 0 when it is none or the process is gone. */
extern int tell_take(int process, struct tell *);

#endif
