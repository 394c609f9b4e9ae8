/* act.h - orders of an operator on their way to mail-send, which is reached through the parent */

#ifndef DESK_ACT_H
#define DESK_ACT_H

#include "door/ask.h"

/* The socket to the parent; -1: there is none, and nothing can be ordered. */
extern void act_start(int parent);

struct act_verdict {
  enum ask_verdict verdict;
  unsigned int why;             /* for act_why; 0: no reason is known, or wanted */
};

/* Orders it for n IDs, or for a domain, which is one; fills v[i]. Null when all of it is durable; else in words why
   nothing is promised. */
extern char const *act_ids(struct ask_request const *, char const (*id)[ID_MAX + 1], size_t n, struct act_verdict *v);
extern char const *act_domain(struct ask_request const *, struct act_verdict *);

/* The reason in words, or "". */
extern char const *act_why(unsigned int why);

#endif
