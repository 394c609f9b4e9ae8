/* forward.h - collect the addresses of forward lines, and send the message on to all of them at once */

#ifndef LOCAL_FORWARD_H
#define LOCAL_FORWARD_H

#include "local/delivery.h"

/* Forgets those of a delivery before. */
extern void forward_start(void);
/* Remembers an address of at most ADDRESS_MAX bytes. */
extern void forward_add(struct delivery const *, char const *address);
/* Queues the message for all of them, when there are any. Returns its ID; ends the process when it cannot. */
extern char const *forward_send(struct delivery const *);

#endif
