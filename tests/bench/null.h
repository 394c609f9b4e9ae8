/* null.h - an SMTP server that takes all mail and keeps none */

#ifndef BENCH_NULL_H
#define BENCH_NULL_H

#include <netinet/in.h>

/* Serves at this address until TERM, and prints what it took, then and when it has so many messages (0: no): messages,
   connections, different addresses of 127.0.0.0/8, seconds since the first connection, and its CPU for each message.
   pem: null, or a certificate and its key for STARTTLS, which is offered then. */
extern void null_serve(struct sockaddr_in const *, unsigned long messages, char const *pem);

#endif
