/* published.h - how the destinations fare, as mail-send has told it last (door/hosts.h) */

#ifndef DOOR_PUBLISHED_H
#define DOOR_PUBLISHED_H

#include "door/hosts.h"

struct published {
  struct hosts head;
  struct host *host;            /* head.n of them; names and replies may hold any byte */
};

/* In the queue's directory; runs: the caller knows that mail-send does, else it is looked at. Null, or in words why
   there is nothing; then errno says more, or is 0. */
extern char const *published_read(struct published *, int runs);

#endif
