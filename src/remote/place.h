/* place.h - where a line of control/smtproutes, qmtproutes or transports leads */

#ifndef PLACE_H
#define PLACE_H

#include <stddef.h>

/* relay[:port], [address][:port], or :port for the MX hosts' port, which stays as it is where none is given. 1 when
   sound and the relay, which may be empty, fits into size bytes. */
extern int place_split(char const *value, char *relay, size_t size, unsigned int *port);

#endif
