/* view.h - one message of the queue, as its envelope, its state and the operators' orders show it */

#ifndef DESK_VIEW_H
#define DESK_VIEW_H

#include "door/ask.h"
#include "door/envelope.h"
#include "door/replies.h"
#include "door/state.h"

struct view {
  char const *id;               /* the caller's */
  int sound;                    /* it can be read, and is whole; else nothing of what follows but state, why and held
                                   counts */
  struct envelope env;
  char *marks;
  struct state st;
  enum ask_state state;
  char why[ASK_TEXT_MAX];       /* of ASK_UNKNOWN: what cannot be read for now, and why */
  struct ask_holder held;      /* of the message itself */
};

/* In the queue's directory, after held_read and waits_published. 1; 0 when it is not there (any more), or was
   deleted. */
extern int view_open(struct view *, char const *id);
extern void view_close(struct view *);

/* What is told of it, and of a recipient; reply is its text's memory. */
extern void view_message(struct view const *, struct ask_item *);
extern void view_rcpt(struct view const *, uint32_t i, struct ask_item *, struct reply *);

#endif
