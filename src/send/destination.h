/*
 * destination.h - where mail waits: per-destination queues, limits on deliveries, dead hosts
 *
 * A destination is a domain of the remote channel, or a user of the local one: named by the key that mail-lspawn tells
 * (keys.h), "" for all local mail whose user is not known yet. What waits for it is a group: recipients of one loaded
 * message. Groups are of a class, by how many recipients their message has left and whether it was tried before. This
 * is the table; turns.h has the order. States of a destination:
 *
 *      idle      nothing queued, nothing under way, nobody in its lot: may be evicted
 *      ready     in the channel's ring of its best class, when it has groups and its limit has room
 *      full      as many deliveries under way as it may have (pace.h)
 *      held      had as much as it may have in a minute: on the list of those, until hold
 *                or a user whom mail-lspawn has said to be busy: for a second, or until a delivery to that user ends
 *      dead      left alone until dead_until; it has no groups
 *      stopped   an operator holds the domain, also one of local mail: what waits for it, is parked in its lots
 *      doubtful  was dead: one delivery at a time until one has talked to a host
 */

#ifndef SEND_DESTINATION_H
#define SEND_DESTINATION_H

#include <stddef.h>
#include <stdint.h>

#include "send/pace.h"
#include "send/route.h"
#include "send/lot.h"

#define DESTINATIONS_MAX 4096
#define FEW_MAX 10              /* recipients left to do: more are many */
#define DESTINATION_REPLY 120   /* bytes kept of the last one */
#define STOPPED_MAX 1000        /* domains that are held */
#define DEAD_FIRST 60000        /* milliseconds; doubles up to */
#define DEAD_MAX 3600000

enum class { CLASS_FEW, CLASS_MANY, CLASS_RETRY, CLASS_MANY_RETRY, CLASSES };

#define class_of(left, retry) ((enum class)(((left) > FEW_MAX ? CLASS_MANY : CLASS_FEW) + ((retry) ? CLASS_RETRY : 0)))
#define class_retries(c) ((c) >= CLASS_RETRY)
#define class_many(c) ((c) % 2 == CLASS_MANY)

struct message;
struct destination;

struct group {
  struct group *next;
  struct message *m;
  struct destination *d;
  uint32_t at, end;             /* of the message's targets: at..end-1 are still to be ordered */
  uint32_t flights;             /* deliveries under way */
  enum class class;
  uint32_t run;                 /* of many: recipients that it may still have in a row */
};

struct destination {
  struct destination *chain;            /* next in its bucket */
  struct destination *prev, *next;      /* ring of those that are ready, of its best class */
  struct destination *thirst;           /* list of those whose lot may give up some */
  struct destination *held_next;        /* list of those that are held, or were a moment ago */
  struct group *head[CLASSES], *tail[CLASSES];
  uint32_t groups[CLASSES];             /* how many */
  struct lot lot[CLASSES];              /* messages parked for it */
  size_t len;
  enum channel channel;
  uint32_t queued, flights, streak, taken;      /* queued: groups of all classes */
  int ready, thirsty, held;
  enum class ring;                      /* which, when it is ready */
  unsigned int probes;                  /* in a row that found it dead */
  int stopped;
  long long dead_until;                 /* io_clock; 0: not dead */
  long long dead_since;                 /* io_clock: it was found so last */
  long long hold;                       /* no delivery before; 0: none is held back */
  long long busy_until;                 /* of a user: mail-lspawn has said so */
  long long busy_told;                  /* io_clock: the log has it */
  struct pace pace;
  char reply[DESTINATION_REPLY + 1];    /* the last that was said of it; may hold any byte */
  char name[];                          /* lower-case */
};

struct channel_state {
  uint32_t flights, retry_flights, taken;
  uint32_t queued[CLASSES];             /* groups of destinations that are ready */
  struct lot lot[CLASSES];              /* messages parked for the channel */
  struct destination *ring[CLASSES];    /* the one whose turn is next */
};

extern struct channel_state channels[CHANNELS];

/* The destination of a domain, without regard to case; null when the table is full of those in use, or no memory. */
extern struct destination *destination_get(enum channel, char const *domain, size_t len);
/* The same, but null when it has none yet. */
extern struct destination *destination_find(enum channel, char const *domain, size_t len);

extern int destination_dead(struct destination const *, long long now);
/* Has it so much of a class queued that more should wait as IDs? */
extern int destination_saturated(struct destination const *, enum class);
/* Is it held, and nothing under way? Then what waits should not stay in memory. */
extern int destination_resting(struct destination const *);
extern int channel_saturated(enum channel, enum class);
/* That of a domain, remote or local, that an operator holds; null: nobody does. */
extern struct destination *destination_stopped(char const *domain, size_t len);
/* May it be held: are there not so many? */
extern int destination_may_stop(char const *domain, size_t len);
/* Holds it, or lets it go (stop.h). -1: so many are held, or there is no place for it in the table. */
extern int destination_stop(char const *domain, size_t len);
extern void destination_go(struct destination *);
/* How many deliveries it may have at a time. */
extern uint32_t destination_limit(struct destination const *);
/* How many more of a class may be loaded from its lot. */
extern uint32_t destination_room(struct destination const *, enum class);
/* Messages in its lots. */
extern uint32_t destination_parked(struct destination const *);
/* The next message out of its lots that has room, or 0. */
extern known destination_unpark(struct destination *);

/* One whose lot may give up messages, or null; destination_thirst puts it back when it still may. */
extern struct destination *destination_thirsty(void);
extern void destination_thirst(struct destination *);
/* Keeps one from being evicted, until another or null is kept. */
extern void destination_keep(struct destination const *);
extern void destination_each(void (*)(struct destination *));
/* Takes its limits from control/ratelimits. */
extern void destination_rates(struct destination *);

#endif
