/*
 * message.h - messages that are loaded: the envelope is in memory, and a round of deliveries goes on
 *
 * The data, and all that writes it: every other file says what has happened by one of these functions, and only reads.
 * (The state file's head, the bounce file and the envelope are filled by their own modules, from here or through a
 * pointer.) What phase it is in, what may follow, and what a crash leaves is told in round.h. Not loaded, a message is
 * only a number (backlog.h).
 */

#ifndef SEND_MESSAGE_H
#define SEND_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "door/envelope.h"
#include "door/state.h"
#include "send/backlog.h"
#include "send/destination.h"
#include "send/failure.h"
#include "send/line.h"
#include "send/part.h"
#include "send/target.h"

#define GROUPS_MAX 32           /* of one message at a time */

/* see round.h */
enum phase { PHASE_GONE, PHASE_WAITING, PHASE_ROUND, PHASE_SETTLING, PHASE_BOUNCING, PHASE_LEAVING, PHASE_REMOVING,
             PHASE_STUCK, PHASE_HELD_BY_OPERATOR, PHASE_EXPIRE, PHASE_DROP, PHASES };

/* Why it is unloaded when its round is over: the strongest reason that the round had. Without one it is due again when
   what it has passed over may be tried. */
enum leaving {
  LEAVE_AT_DUE,
  LEAVE_TO_REST,                /* a destination rests: it waits there as a number, if it has no other */
  LEAVE_FOR_OTHERS,             /* so many are loaded: it waits at any of its destinations */
  LEAVE_PUT_OFF,                /* a recipient or its bounce was put off: its next try has a time */
  LEAVE_CROWDED,                /* no place in the table of destinations: soon again */
  LEAVE_STUCK,                  /* it is gone or damaged: left alone */
  LEAVE_GONE                    /* so is its envelope: forgotten */
};

/* the kinds of lines that it may stand in */
enum link_kind { LINK_LOADED, LINK_SETTLE, LINK_PHASE, LINKS };

struct message {
  struct link link[LINKS];              /* of all; of settle.h; of its phase: deliver.h or clean.h */
  known k;                              /* its number */
  char id[ID_MAX + 1];                  /* the name of its files */
  enum phase phase;                     /* what can happen to it: round.h */
  long long since;                      /* io_clock: it has been in that phase */
  enum leaving leaving;                 /* the strongest reason so far */
  struct envelope env;                  /* cut to its part */
  struct part part;                     /* which of its recipients are in memory */
  char *mark;                           /* one for each recipient (door/state.h) */
  uint32_t left, owed;                  /* marks that mean to do; marks that mean to tell */
  struct state st;                      /* the head of its state file */
  uint32_t from, to;                    /* marks that differ from the file's; from >= to: none */
  int head;                             /* the head differs from the file's */
  struct failures fail;                 /* its bounce file */
  uint32_t behind;                      /* its deliveries that have ended, and no disk knows it */
  struct target *target;                /* recipients to do, sorted by destination */
  uint32_t targets, opened;             /* how many; how many of them have or had a group */
  uint32_t busy;                        /* targets that came back: they get their turn in this round */
  int came_back;                        /* its targets are those that were busy */
  char *nohost;                         /* own copy of envnoathost, where a target needs it */
  struct group *group[GROUPS_MAX];      /* those that wait, or have deliveries under way */
  uint32_t groups, flights;             /* how many; deliveries and bounces under way */
  enum class class;                     /* who goes before it: turns.h */
  int old, last, late;                  /* beyond its lifetime; in its last try; its sender may hear of the delay */
  uint32_t base;                        /* of the wait for the next try, as retry.h has it; 0: nobody was put off */
  int counted;                          /* this round's try is in st */
  int hurry;                            /* due again as soon as it is unloaded: somebody wants it so */
  long long pass_until;                 /* io_clock: when a target that got no try may have one; 0: none */
  uint32_t due;                         /* seconds of io_clock: its next try */
  uint32_t gap;                         /* seconds to add to st.ran: see RETRY_GAP */
  size_t weight;                        /* bytes of memory */
};

extern int message_once;        /* mail-send -1: each message is tried once */
extern int message_stopping;    /* no new deliveries */

/* An empty one in PHASE_WAITING; null when there is no memory. */
extern struct message *message_new(known);
/* Marks that say that nothing is done. 0, or -1: no memory. */
extern int message_blank(struct message *);
/* Its marks are as they should be: counts them, and makes the targets of its part. 0, or -1: no memory. */
extern int message_prepare(struct message *);
/* Takes the memory that it costs. 1; 0: it waits for that (memory.h). */
extern int message_admit(struct message *);
extern void message_free(struct message *);

extern struct message *message_first(void);
extern struct message *message_next(struct message const *);
extern struct message *message_find(known);
extern uint32_t message_count(void);
/* Is there room for more? */
extern int message_room(void);

extern void message_phase(struct message *, enum phase);
/* One more reason to leave. */
extern void message_leave(struct message *, enum leaving);
extern void message_mark(struct message *, uint32_t index, char mark);
/* A recipient was put off; base: RETRY_LOCAL or RETRY_REMOTE. */
extern void message_put_off(struct message *, uint32_t base);
/* A target gets no try before until (io_clock). */
extern void message_pass(struct message *, long long until);
/* Counts a try, if this round was one, and says when the next is. */
extern void message_next_try(struct message *);
extern void message_hurry(struct message *);
extern void message_bounce_number(struct message *, uint32_t);
/* The sum of behind: one more of this message; none of it any more. */
extern uint32_t message_behind(void);
extern void message_ended(struct message *);
extern void message_durable(struct message *);
/* The state file is about to be written; it was. */
extern void message_stamp(struct message *);
extern void message_written(struct message *);

/* The targets of the next destination, at..end-1, are opened. */
extern uint32_t message_open(struct message *);
/* No more are. */
extern void message_close(struct message *);
/* The user of this key has enough under way: no try, the round takes the target again, in that user's line. */
extern void message_busy(struct message *, uint32_t target, uint64_t key);
/* Starts over with the targets that came back. */
extern void message_again(struct message *);
/* A group of the targets at..end-1; null when there is no memory. */
extern struct group *message_group(struct message *, struct destination *, uint32_t at, uint32_t end);
extern void message_ungroup(struct group *);
extern void message_flight(struct message *, int more);

/* Of a recipient; see part.h. */
#define message_address(m, index) part_address(&(m)->part, &(m)->env, (index))
#define message_params(m, index) part_params(&(m)->part, &(m)->env, (index))
#define message_cost(m, index, text_len) part_cost(&(m)->part, &(m)->env, (index), (text_len))

#endif
