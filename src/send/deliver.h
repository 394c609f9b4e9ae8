/*
 * deliver.h - deliveries under way: orders to mail-open, and which delivery a number means
 *
 * Numbers grow and are never used again while they are open. A delivery belongs to the agent that it was
 * ordered for: a report by another's channel does not count.
 */

#ifndef SEND_DELIVER_H
#define SEND_DELIVER_H

#include <stdint.h>

#include "door/job.h"
#include "send/message.h"

enum agent { AGENT_OPEN, AGENT_LSPAWN, AGENT_RSPAWN, AGENT_BOUNCE, AGENTS };

struct delivery {
  uint32_t number;
  enum agent agent;
  struct message *m;
  struct group *g;              /* null for a bounce */
  uint32_t at;                  /* its first target */
  uint32_t bounce;              /* its number, or 0 */
  long long since;              /* io_clock */
  uint32_t n, rest;             /* rest: recipients that a bounce is about and does not list */
  uint32_t index[];
};

/* Orders what may be ordered now. 0; 1 mail-open's socket is full; 2 there is no memory now; -1 mail-open is gone. */
extern int deliver_orders(void);
/* Puts the message's next bounce in line. 0 when it has none. */
extern int deliver_bounce(struct message *);
/* Takes it out of the line. 1; 0: it does not wait there. */
extern int deliver_no_bounce(struct message *);

extern struct delivery *deliver_find(uint32_t number);
/* One that was ordered then (io_clock) or before; or null. */
extern struct delivery *deliver_late(long long since);
/* Forgets it and frees its slot. What it has told of its destination; null for a bounce. */
extern void deliver_over(struct delivery *, struct ending const *);
extern uint32_t deliver_count(enum agent);       /* under way */
extern uint32_t deliver_last(void);     /* the newest number */

#endif
