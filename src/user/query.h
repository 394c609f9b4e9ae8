/*
 * query.h - mail-q's end of the door to mail-desk (door/ask.h)
 *
 * Where no service runs, root is answered all the same: by a mail-desk of its own, which can only show.
 */

#ifndef USER_QUERY_H
#define USER_QUERY_H

#include "door/ask.h"
#include "lib/msg/names.h"

/* Connects and asks, for these IDs, if there are any (ASK_ALL_IDS_MAX at most). Ends the program, with words for
   people, when nobody answers or the caller may not ask. Both must stay until the answers end. */
extern void query_start(struct ask_request *, struct names const *ids);

/* What is to be said before it ends the program: what requests before this one did. */
extern void query_last_words(void (*)(void));

/* The next item: 1, its texts last until the next call; 0 after the last one, which was ASK_OK. Ends the program
   otherwise. */
extern int query_next(struct ask_item *);

/* The order is meant so: goes on after ASK_FOUND. */
extern void query_go(void);

/* Is it one of its own? */
extern int query_alone(void);

#endif
