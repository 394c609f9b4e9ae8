/*
 * listenfds.h - listening sockets as a service manager hands them on (sd_listen_fds(3)'s protocol, without its library)
 *
 * Descriptors from 3 on, LISTEN_FDS of them, for the process LISTEN_PID; LISTEN_FDNAMES has their names with colons
 * between.
 */

#ifndef LIB_IO_LISTENFDS_H
#define LIB_IO_LISTENFDS_H

#include <stddef.h>

#define LISTENFDS_FIRST 3
#define LISTENFDS_MAX 24
#define LISTENFDS_NAME_MAX 255

/* Takes what is there: how many; 0 when nothing was handed to this process. They are non-blocking and close-on-exec
   then, and the environment says nothing of them any more. Ends the program with 100, and tells the log, when there are
   more than LISTENFDS_MAX, or one is no TCP socket that listens. */
extern unsigned int listenfds_take(void);

/* The name of one that was taken, counted from 0; "" when it has none. */
extern void listenfds_name(char name[LISTENFDS_NAME_MAX + 1], unsigned int i);

/* In a child that becomes a program: hands these on, all under one name. None of them may have a number that another
   one is to get. 0, or -1 with errno. */
extern int listenfds_give(int const *fds, unsigned int n, char const *name);

#endif
