/* clean.h - messages that are done: asking mail-clean to remove them, and forgetting them when it has */

#ifndef SEND_CLEAN_H
#define SEND_CLEAN_H

#include "send/schedule.h"

extern void clean_ask(known);
/* Sends what waits. 0; 1 the socket is full; -1 mail-clean is gone. */
extern int clean_send(void);
/* Takes one answer. 1, 0 there is none, -1 mail-clean is gone. */
extern int clean_answer(void);
/* Messages asked for, or to be asked for. */
extern uint32_t clean_open(void);

#endif
