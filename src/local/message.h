/*
 * message.h - the message that mail-local delivers: descriptor 0
 *
 * Read by position, so that a program which still runs and shares the descriptor's offset disturbs nothing.
 */

#ifndef LOCAL_MESSAGE_H
#define LOCAL_MESSAGE_H

#include <sys/types.h>

#define MESSAGE_CHUNK 65536

/* 0 when descriptor 0 is a file with a message; -1 with errno. */
extern int message_check(void);
/* Bytes from a position on, where they stand until the next call: how many, MESSAGE_CHUNK at most; 0 at the end; -1
   with errno (EIO: the file is shorter than it was). */
extern ssize_t message_at(off_t, char const **);
/* Does its header have this Delivered-To line (with newline) already: 1, 0, -1 with errno. */
extern int message_has(char const *dtline);

#endif
