/* server.h - a network server of this room: what its program is, however its clients come */

#ifndef IN_SERVER_H
#define IN_SERVER_H

#include <stddef.h>

#include "in/rules.h"
#include "in/visit.h"

struct server {
  char const *name;
  char const *mode;             /* its argument, where it is not what it is without; or null */
  int protocol;                 /* of enum rules_protocol */
  char const *unavailable;      /* to a client that cannot be served */
  int (*serve)(struct visit *); /* a whole connection, which stays the caller's to close: 1 when its client said QUIT
                                   and nothing was wrong, so that it may come again to the same process */
  void *state;                  /* what serve has of a client, all of it */
  size_t size;
};

#endif
