/* target.h - where recipients of a loaded message go: to a domain, or the user whose local address it is known to be */

#ifndef SEND_TARGET_H
#define SEND_TARGET_H

#include <stdint.h>

#include "send/destination.h"

struct target {
  union {
    char const *domain;         /* CHANNEL_REMOTE */
    uint64_t key;               /* CHANNEL_LOCAL: 0 until mail-lspawn has told it (keys.h) */
  };
  uint32_t index;               /* of the recipient */
  uint16_t len;                 /* of the domain */
  unsigned char channel;
  unsigned char busy : 1;       /* its delivery came back: the user has enough under way */
  unsigned char held : 1;       /* its domain was held when the message was loaded: it gets no try */
};

/* Fills it for a recipient. nohost: a copy of envnoathost that lasts as long as the target. */
extern void target_make(struct target *, char const *address, uint32_t index, char const *nohost);
extern void target_sort(struct target *, uint32_t n);
/* Only those that came back are left, sorted: how many. */
extern uint32_t target_again(struct target *, uint32_t n);
/* How many of these n, which are sorted, go where the first one goes. */
extern uint32_t target_run(struct target const *, uint32_t n);
/* Where their message, of this class, may wait as a number: when all go to one destination, or to one channel, and
   enough waits there already; any: at any of their destinations. Null: nowhere. */
extern struct lot *target_lot(struct target const *, uint32_t n, enum class, int any);
/* Its destination, made when there is none yet; null when the table is full or there is no memory. Local mail of a
   user who gets no place in the table waits with that whose user is not known. */
extern struct destination *target_get(struct target const *);

#endif
