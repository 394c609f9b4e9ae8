/* received.h - the trace line that a network server puts before a message */

#ifndef IN_RECEIVED_H
#define IN_RECEIVED_H

#include <stddef.h>
#include <stdint.h>

#include "in/peer.h"

#define RECEIVED_MAX 1400

/* "Received: from HELO (HOST [IP]) by ME with PROTOCOL; DATE" (RFC 5321 4.4), folded, ending in a newline. Without a
   peer, the from clause is left out: nothing about a client of our own leaves the site. Characters that are unsafe in
   a header become question marks. Returns the length. */
extern size_t received_format(char s[RECEIVED_MAX], struct peer const *, char const *helo, char const *me,
                              char const *protocol, int64_t now);

#endif
