/*
 * clean.h - messages that are done: asking mail-clean to remove them
 *
 * One whose marks are on no disk stays in memory until mail-clean has answered. When that takes more than a second,
 * because mail-clean or the disk stalls, its marks are to be written.
 */

#ifndef SEND_CLEAN_H
#define SEND_CLEAN_H

#include "door/clean.h"
#include "send/message.h"

/* It is to be asked for this one, in its turn. The message: null when it is only a number. */
extern void clean_ask(known, struct message *);

/* When what waits is to be sent (io_clock), all at once; 0: nothing waits. */
extern long long clean_ripe(void);
/* Sends it, then. 0; 1 the socket is full; 2 there is no memory now; -1 mail-clean is gone. */
extern int clean_send(void);
/* The next answer: of which, with its message or null, and what. 1, 0 there is none, -1 mail-clean is gone. */
extern int clean_next(known *, struct message **, enum clean_word *);

/* Those that have waited too long are to be written down. */
extern void clean_late(void);
/* When that is due (io_clock); 0: no message waits with its marks on no disk. */
extern long long clean_due(void);
/* Messages asked for, or to be asked for. */
extern uint32_t clean_open(void);

#endif
