/* target.h - where a recipient of a loaded message goes: a domain, or the user whose local address it is known to be */

#ifndef TARGET_H
#define TARGET_H

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
  unsigned char busy;           /* its delivery came back: the user has enough under way */
};

/* Fills it for a recipient. nohost: a copy of envnoathost that lasts as long as the target. */
extern void target_make(struct target *, char const *address, uint32_t index, char const *nohost);
/* By destination. */
extern int target_compare(struct target const *, struct target const *);
/* Its destination; null when it has none yet. */
extern struct destination *target_find(struct target const *);
/* The same, but it is made; null when the table is full or there is no memory. Local mail of a user who gets no place
   in the table waits with that whose user is not known. */
extern struct destination *target_get(struct target const *);

#endif
