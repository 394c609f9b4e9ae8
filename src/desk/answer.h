/* answer.h - what goes back to mail-q: items, gathered into packets */

#ifndef DESK_ANSWER_H
#define DESK_ANSWER_H

#include "door/ask.h"

/* To whom, by a descriptor that does not block; parent: a socket whose end says that the service ends, or -1. */
extern void answer_start(int client, int parent);

/* Waits for the client: POLLIN or POLLOUT. 1, or 0 when it takes longer. While there is nothing to do but to wait, the
   end of the parent ends the process. */
extern int answer_wait(short events, int ms);

/* One more item. It waits for others, a fifth of a second at most if there are more. A client that does not read for
   long, or is gone, ends the process. */
extern void answer_item(struct ask_item const *);

/* Sends what waits. */
extern void answer_flush(void);

/* The last item, and the end of the process. */
extern _Noreturn void answer_end(enum ask_end, char const *text);

#endif
