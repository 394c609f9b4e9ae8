/*
 * message.h - messages that are loaded: their envelope is in memory and a round of deliveries goes on
 *
 * A round takes every recipient that is not done once. Phases of a loaded message:
 *
 *      ROUND     groups wait or are under way       -> SETTLING; REMOVING; unloaded when nothing has to be written
 *      SETTLING  marks and texts are being written  -> BOUNCING, REMOVING, or unloaded
 *      BOUNCING  a bounce waits or is under way     -> SETTLING
 *      REMOVING  done, mail-clean was asked (clean.h) -> unloaded; SETTLING, when mail-clean could not
 *
 * load.c makes them from the queue's files, round.c moves them on, tell.c notes what the sender is told. Unloaded they
 * are only a number (backlog.h).
 */

#ifndef SEND_MESSAGE_H
#define SEND_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "door/envelope.h"
#include "door/state.h"
#include "send/destination.h"
#include "send/failure.h"
#include "send/backlog.h"
#include "send/target.h"

#define GROUPS_MAX 32           /* of one message at a time */

enum phase { PHASE_ROUND, PHASE_SETTLING, PHASE_BOUNCING, PHASE_REMOVING };

struct message {
  struct message *prev, *next;          /* all that are loaded */
  struct message *dirty_next;           /* settle.h */
  struct message *bounce_next;          /* deliver.h */
  struct message *bare_next;            /* clean.h */
  known k;
  char id[ID_MAX + 1];
  struct envelope env;
  char *mark;
  struct state st;
  struct failures fail;
  char *nohost;                         /* own copy of envnoathost, where a target needs it */
  struct target *target;                /* recipients to do, sorted by destination */
  uint32_t targets, opened;             /* how many; how many of them have or had a group */
  uint32_t left, owed;                  /* marks that mean to do, marks that mean to tell (door/state.h) */
  uint32_t groups, flights;
  uint32_t busy;                        /* targets that came back: they get their turn in this round */
  struct group *group[GROUPS_MAX];
  uint32_t later, later_remote, passed; /* recipients of this round: put off; without a try */
  uint32_t from, to;                    /* marks that differ from the file's; from >= to: none */
  uint32_t gap;                         /* seconds to add to st.ran: see RETRY_GAP */
  uint32_t due;                         /* when it is unloaded: next try */
  uint32_t behind;                      /* settle.h */
  long long pass_until;
  long long asked_at;                   /* clean.h: io_clock */
  size_t weight;                        /* bytes of memory */
  enum phase phase;
  enum class class;
  int old, last, late;
  int counted;                          /* this round's try is in st */
  int came_back;                        /* its targets are those that were busy */
  int damaged, parking, resting, crowded, hurry, keeping, bounce_later, dirty, head_changed;
};

extern int message_once;        /* mail-send -1: each message is tried once */
extern int message_stopping;    /* no new deliveries */

/* load.c */
extern void message_load(known);
/* mail-clean could not remove it: have a state file that says that all is done, and ask later. The message is null
   when it has one. */
extern void message_keep(known, struct message *);
/* Its targets, by destination. */
extern void message_sort(struct message *);
/* When it goes to one place, or may wait for any of its places, and enough waits there already, it waits there as a
   number. 1 parked. */
extern int message_park(struct message *, int any);
/* Forgets all but the number; the caller says where it waits. */
extern void message_free(struct message *);
extern uint32_t message_count(void);
/* Is there memory for more? */
extern int message_room(void);
extern struct message *message_first(void);
/* Due after so many seconds; with message_once not at all, when it had its try. */
extern void message_later(known, uint32_t seconds);
extern uint32_t message_now(void);      /* seconds of io_clock */

/* what a recipient takes of JOB_ROOM (door/job.h) */
extern size_t message_cost(struct message const *, uint32_t index, size_t text_len);

/* round.c */
extern void message_begin(struct message *);
/* Something has ended: opens more groups, or ends the round. */
extern void message_advance(struct message *);
/* All that differed from the files is durable. */
extern void message_settled(struct message *);
extern void message_mark(struct message *, uint32_t index, char mark);
/* The user of this key has enough under way: no try, the round takes the target again, in that user's line. */
extern void message_busy(struct message *, uint32_t target, uint64_t key);
/* A group's delivery has ended, or it was taken out of its queue. */
extern void group_ended(struct group *);
/* What waits for a destination that was found dead is put off; of one that rests, what is loaded. */
extern void message_release(struct destination *);
extern void message_bounced(struct message *, int again_later);
/* What was put off in this round is due again as soon as it ends. */
extern void message_hurry(void);
/* mail-send ends: what this round has found out goes to the files. */
extern void message_conclude(struct message *);

#endif
