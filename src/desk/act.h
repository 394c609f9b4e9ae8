/* act.h - orders of an operator on their way to mail-send, which is reached through the parent */

#ifndef DESK_ACT_H
#define DESK_ACT_H

#include "door/ask.h"

/* The socket to the parent; -1: there is none, and nothing can be ordered. */
extern void act_start(int parent);

/* Orders it for n IDs, or for a domain, which is one; verdict[i] becomes an ask_verdict. Null when all of it is
   durable; else in words why nothing is promised. */
extern char const *act_ids(struct ask_request const *, char const (*id)[ID_MAX + 1], size_t n, char *verdict);
extern char const *act_domain(struct ask_request const *, char *verdict);

/* Why, of the last verdict that was an error. */
extern char const *act_why(void);

#endif
