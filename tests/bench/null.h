/* null.h - an SMTP server that takes all mail and keeps none */

#ifndef BENCH_NULL_H
#define BENCH_NULL_H

#include <netinet/in.h>

/* Serves at this address until TERM, and prints what it took: messages, connections, different addresses of
   127.0.0.0/8, and its CPU for each message. */
extern void null_serve(struct sockaddr_in const *);

#endif
