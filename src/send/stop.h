/* stop.h - holding a domain, whatever its channel, and letting it go: what is loaded, what waits */

#ifndef SEND_STOP_H
#define SEND_STOP_H

#include "send/destination.h"

/* One that may be held (destination_may_stop) and has its place. What is to go there begins no delivery. */
extern void stop_domain(char const *domain, size_t len);
/* What waits for it goes on. */
extern void stop_end(struct destination *);

#endif
