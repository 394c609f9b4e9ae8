/*
 * held.h - what operators have ordered, as mail-send's journal has it (door/wishes.h)
 *
 * Of each ID and domain the last word counts.
 */

#ifndef DESK_HELD_H
#define DESK_HELD_H

#include <stddef.h>

#include "door/ask.h"
#include "door/wishes.h"

enum held_word {
  HELD_NOTHING,                 /* nobody has said anything that still counts */
  HELD_IS,
  HELD_RELEASED,
  HELD_EXPIRES,
  HELD_DELETED
};

/* Reads it, in the queue's directory. Null, or in words why it cannot be read; where there is none nobody has ordered
   anything. */
extern char const *held_read(void);

/* The last word about an ID; of HELD_IS who, since when and why, in memory that stays. */
extern enum held_word held_id(char const *id, struct ask_holder *);

/* Is this domain held? Case does not matter. */
extern int held_domain(char const *domain, size_t len, struct ask_holder *);

/* Each domain that is held. */
extern void held_domains(void (*each)(char const *domain, struct ask_holder const *));

#endif
