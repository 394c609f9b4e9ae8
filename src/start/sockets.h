/*
 * sockets.h - where the network servers listen: sockets of control/listen, or those that a service manager handed on
 *
 * mail-start keeps them, so that nobody is refused while a server is started again.
 */

#ifndef START_SOCKETS_H
#define START_SOCKETS_H

#include "lib/conf/value.h"

/* Once, before anything else: takes those that are handed on. How many; they are the descriptors from 3 on. */
extern unsigned int sockets_inherit(void);

/* Makes them, unless there are some; ends the program when one cannot be had. */
extern void sockets_make(void);

/* How many a service has. */
extern unsigned int sockets_of(enum service);

/* In a child that becomes the server: hands them on (lib/io/listenfds.h). 0, or -1 with errno. */
extern int sockets_give(enum service);

/* Nobody is to come any more. */
extern void sockets_close(void);

#endif
