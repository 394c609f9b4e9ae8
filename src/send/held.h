/* held.h - recipients of a loaded message whose domain an operator holds (destination_stopped) */

#ifndef SEND_HELD_H
#define SEND_HELD_H

#include "send/message.h"

/* The lot of such a domain, when all that is to do goes there; null else: a message with several domains has to be
   looked at when any of them is let go. Of one in parts nobody knows that. */
extern struct lot *held_lot(struct message const *);
/* Is there anybody to do in its part whose domain this is? */
extern int held_goes_to(struct message const *, char const *domain, size_t len);

#endif
