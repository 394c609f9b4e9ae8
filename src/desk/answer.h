/* answer.h - what goes back to mail-q: items, gathered into packets */

#ifndef DESK_ANSWER_H
#define DESK_ANSWER_H

#include "door/ask.h"

/* To whom; its descriptor does not block. */
extern void answer_start(int client);

/* One more item. It waits for others, a fifth of a second at most if there are more. A client that does not read for
   long, or is gone, ends the process. */
extern void answer_item(struct ask_item const *);

/* Sends what waits. */
extern void answer_flush(void);

/* The last item, and the end of the process. */
extern _Noreturn void answer_end(enum ask_end, char const *text);

#endif
