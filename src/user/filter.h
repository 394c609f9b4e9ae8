/*
 * filter.h - a program in the place of the queue (QMAILQUEUE), by qmail-queue's contract
 *
 * Hides the process and its pipes (door/queueprog.h). The program is the caller's own choice and runs as the caller.
 */

#ifndef USER_FILTER_H
#define USER_FILTER_H

#include <stddef.h>

/* Its name: QMAILQUEUE, which control/queueprogram sets where it is not, for all that is started from here; null when
   there is none. */
extern char const *filter_name(void);

extern void filter_start(char const *name);

/* A part of the message. 0, or -1 when the program takes no more. */
extern int filter_message(char const *, size_t len);

/* The envelope's records; waits for the program's end. Its exit code, with 82 and 88 already turned into a code of
   the class that the text says, and *text in words. */
extern int filter_end(char const *records, size_t len, char const **text);

#endif
