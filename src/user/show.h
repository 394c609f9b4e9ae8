/*
 * show.h - messages of the queue on fd 1, in one of four forms
 *
 * Items come as mail-desk sends them: a message, then its recipients.
 */

#ifndef USER_SHOW_H
#define USER_SHOW_H

#include "door/ask.h"

enum show {
  SHOW_LIST,                    /* two lines a message */
  SHOW_WHOLE,                   /* all that is known */
  SHOW_JSON,                    /* one object a line; mail-q(8) has its members */
  SHOW_POSTFIX                  /* as Postfix's mailq */
};

extern void show_start(enum show);
/* ASK_MESSAGE, ASK_RCPT or ASK_DOMAIN. */
extern void show_item(struct ask_item const *);
/* The last line; empty: what to say when there was nothing. How many there were. */
extern uint64_t show_end(char const *empty);

#endif
