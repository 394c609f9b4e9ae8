/*
 * dsn.h - what the caller wants to be told about a message (RFC 3461), from the environment
 *
 * sendmail puts its options -N, -R and -V there. They are taken out of it, so that a program in the queue's place does
 * not hand them on to mail of its own.
 */

#ifndef USER_DSN_H
#define USER_DSN_H

#include <skalibs/stralloc.h>

#include "user/rcpts.h"

#define DSN_NOTIFY "DSNNOTIFY"
#define DSN_RET "DSNRET"
#define DSN_ENVID "DSNENVID"

/* The parameters of the sender and of each recipient (door/envelope.h). A value that is none ends the program. */
extern void dsn_read(struct rcpts_params *);

#endif
