/* selfsigned.h - a certificate for a start, which no client can verify but by its fingerprint */

#ifndef KEY_SELFSIGNED_H
#define KEY_SELFSIGNED_H

#include "key/pair.h"

#define SELFSIGNED_DAYS 3650

/* Makes a key (ECDSA, P-256) and a certificate for that host, or *.DOMAIN, that is good for SELFSIGNED_DAYS. Ends the
   program when that fails. */
extern void selfsigned_make(struct pair *, char const *host);

#endif
