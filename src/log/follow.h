/*
 * follow.h - the files of log directories as they grow, over each change of files
 *
 * multilog, s6-log and svlogd write to DIR/current, and when it is full give it another name, which begins with @ and
 * the time, so that names sort. What was written to a file under any name is read once: whatever has come between the
 * file that was read and the one that is current now is read in its order, unless the logger has removed it already.
 */

#ifndef LOG_FOLLOW_H
#define LOG_FOLLOW_H

#include <stddef.h>

#define FOLLOW_MAX 64           /* directories */

/* A directory to read. 0; 1: it is known already; -1 with errno: no room (ENOSPC), or the path is too long. With first
   what its newest old file has is read, too. */
extern int follow_add(char const *dir, int first);
/* Every directory in this one. The same. */
extern int follow_all(char const *parent, int first);
/* Reads what has come. */
extern void follow_read(void (*line)(char const *, size_t));

#endif
