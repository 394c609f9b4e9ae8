/*
 * part.h - which recipients of a message with many are in memory
 *
 * A round goes over them in parts: the next PART_MAX that are to do, from where the last part ended. In the last one
 * the sender is told of failures: then as many of those are in memory as bounces have room for. Of all others there is
 * a mark, and no text.
 */

#ifndef SEND_PART_H
#define SEND_PART_H

#include <stdint.h>

#include "door/envelope.h"

#define PART_MAX 1000

struct part {
  uint32_t *index;              /* of the recipients, in order; null: all of the envelope */
  uint32_t n;
  uint32_t from, next;          /* to do are those of from..next-1; next 0: the last part, to the end */
};

/* Chooses, and cuts the envelope (envelope_cut). 0, or -1: no memory. */
extern int part_take(struct part *, struct envelope *, char const *mark, uint32_t from);
extern void part_free(struct part *);

/* The recipient at a place of the cut envelope. */
extern uint32_t part_index(struct part const *, uint32_t place);
/* The text of a recipient; of one that is not in memory there is none: "". */
extern char const *part_address(struct part const *, struct envelope const *, uint32_t index);
extern struct param_run part_params(struct part const *, struct envelope const *, uint32_t index);
/* What it takes of JOB_ROOM (door/job.h); of one that is not in memory, the most that it may. */
extern size_t part_cost(struct part const *, struct envelope const *, uint32_t index, size_t text_len);
/* Is it one of those that are to do? */
extern int part_has(struct part const *, char const *mark, uint32_t index);

#endif
