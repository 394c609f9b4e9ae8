/* children.h - a porter's processes: those that serve one connection, and the end of all */

#ifndef IN_CHILDREN_H
#define IN_CHILDREN_H

#include <sys/types.h>

#include "in/order.h"

/* Starts the program of bin/, with an argument unless mode is null, as tcpserver does it without looking names up: with
   the connection as 0 and 1, and with the variables of the rule that access_find found last. The connection stays the
   caller's. Its number, or -1 with errno. */
extern pid_t children_start(char const *program, char const *mode, struct order const *, int connection);

/* Takes the ends of all: places of connections become free, and the log has what is odd. The program is the
   dispatchers'. */
extern void children_reap(char const *program);

#endif
