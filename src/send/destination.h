/*
 * destination.h - who is next: per-destination queues, limits on deliveries, dead hosts
 *
 * A destination is a domain of the remote channel; the local channel is one destination. What waits for it
 * is a group: recipients of one loaded message. Groups take turns, so a message with many recipients holds
 * up nobody; destinations take turns too, but one that has just been reported on is asked again at once, up to
 * STREAK_MAX times, so that mail-rspawn can go on in the same session. Retries get at most three quarters of
 * a channel. States of a destination:
 *
 *      idle      nothing queued, nothing under way, nobody in its lot: may be evicted
 *      ready     in the channel's ring, when it has groups and its limit has room
 *      full      as many deliveries under way as it may have
 *      dead      left alone until dead_until; it has no groups
 *      doubtful  was dead: one delivery at a time until one has talked to a host
 */

#ifndef DESTINATION_H
#define DESTINATION_H

#include <stddef.h>
#include <stdint.h>

#include "send/route.h"
#include "send/schedule.h"

#define DESTINATIONS_MAX 4096
#define STREAK_MAX 20
#define DEAD_FIRST 60000        /* milliseconds; doubles up to */
#define DEAD_MAX 3600000

struct message;
struct destination;

struct group {
  struct group *next;
  struct message *m;
  struct destination *d;
  uint32_t at, end;             /* of the message's targets: at..end-1 are still to be ordered */
  uint32_t flights;             /* deliveries under way */
  int retry;
};

struct destination {
  struct destination *chain;            /* next in its bucket */
  struct destination *prev, *next;      /* ring of those that are ready */
  struct destination *thirst;           /* list of those whose lot may give up some */
  struct group *head[2], *tail[2];      /* new, retries */
  struct lot lot;
  size_t len;
  enum channel channel;
  uint32_t queued, flights, streak, taken;
  int ready, thirsty;
  unsigned int probes;                  /* in a row that found it dead */
  long long dead_until;                 /* io_clock; 0: not dead */
  char name[];                          /* lower-case */
};

struct channel_state {
  uint32_t flights, retry_flights, queued[2];
  struct lot lot[2];                    /* messages parked for the channel: new, retries */
  struct destination *ring;             /* the one whose turn is next */
};

extern struct channel_state channels[CHANNELS];

/* The destination of a domain, without regard to case; null when the table is full of those in use, or no memory. */
extern struct destination *destination_get(enum channel, char const *domain, size_t len);
/* The same, but null when it has none yet. */
extern struct destination *destination_find(enum channel, char const *domain, size_t len);

extern int destination_dead(struct destination const *, long long now);
/* Has it so much queued that more should wait as IDs? */
extern int destination_saturated(struct destination const *);
extern int channel_saturated(enum channel, int retry);
/* How many more may be loaded from its lot. */
extern uint32_t destination_room(struct destination const *);

extern void destination_queue(struct group *);
extern void destination_unqueue(struct group *);
/* The group whose turn it is, taken out of its queue; null when no limit has room. */
extern struct group *destination_pick(enum channel);
/* Puts it back where it was. */
extern void destination_unpick(struct group *);

extern void destination_started(struct group const *);
/* spoke: a host was talked to; down: none could be. */
extern void destination_ended(struct group const *, int spoke, int down, long long now);

/* One whose lot may give up messages, or null; destination_thirst puts it back when it still may. */
extern struct destination *destination_thirsty(void);
extern void destination_thirst(struct destination *);
/* Keeps one from being evicted, until another or null is kept. */
extern void destination_keep(struct destination const *);
extern void destination_each(void (*)(struct destination *));
/* Limits have changed, dead hosts are to be tried again. */
extern void destination_renew(void);

#endif
