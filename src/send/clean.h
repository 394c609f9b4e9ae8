/*
 * clean.h - messages that are done: asking mail-clean to remove them, and forgetting them when it has
 *
 * One whose marks are on no disk stays in memory until mail-clean has answered. When that takes more than a second,
 * because mail-clean or the disk stalls, its marks are written, and it waits as a number.
 */

#ifndef SEND_CLEAN_H
#define SEND_CLEAN_H

#include "send/message.h"

/* Its marks are on disk, or it is only known. */
extern void clean_ask(known);
/* A message that is done; it is the caller's no more. */
extern void clean_message(struct message *);
/* The marks of one that was given to clean_message are on disk. */
extern void clean_settled(struct message *);

/* Sends what waits. 0; 1 the socket is full; 2 there is no memory now; -1 mail-clean is gone. */
extern int clean_send(void);
/* Takes one answer. 1, 0 there is none, -1 mail-clean is gone. */
extern int clean_answer(void);

/* Those that have waited too long are to be written down. */
extern void clean_late(void);
/* Milliseconds until that is due; -1: no message waits with its marks on no disk. */
extern int clean_wait(void);
/* Messages asked for, or to be asked for. */
extern uint32_t clean_open(void);

#endif
