/* refusal.h - connections that a porter does not let in: what they are told, and the log */

#ifndef IN_REFUSAL_H
#define IN_REFUSAL_H

#include "in/rules.h"

/* Tells the client, by the protocol that it speaks, to come again for that reason (a status code of RFC 3463 and
   words), or nothing where that is null, or TLS comes first. The connection stays the caller's. */
extern void refusal_tell(int fd, int protocol, char const *reason);

/* A line of the log: one a second at most, the others are counted, and the next line has the count. */
extern void refusal_log(char const *ip, char const *why);
/* Writes the count, where no such line comes. When it will be (io_clock), or WAKE_NEVER. */
extern long long refusal_turn(void);

#endif
