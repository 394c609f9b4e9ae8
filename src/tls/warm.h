/*
 * warm.h - handshakes of the parent with itself, in memory, before it forks for the first connection
 *
 * OpenSSL looks for an algorithm when it is wanted first, and the loader for a function. What the parent has found the
 * processes of connections need not look for, each by itself, and its pages are theirs, too.
 */

#ifndef TLS_WARM_H
#define TLS_WARM_H

#include <openssl/ssl.h>

/* With the context of the server's side or of the client's. Nothing is lost when it fails but time later. */
extern void warm(SSL_CTX *, int server);

#endif
