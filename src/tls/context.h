/*
 * context.h - what all handshakes of this process have in common: settings, and OpenSSL's SSL_CTX made of them
 *
 * No tickets, no session cache and no renegotiation: a session that could be taken up again would give who broke one
 * process the sessions of others.
 */

#ifndef TLS_CONTEXT_H
#define TLS_CONTEXT_H

#include <openssl/ssl.h>

/* One of the server's side, or of the client's, by control/tlsversion, tlsciphers, tlsciphersuites and tlsgroups. What
   OpenSSL does not know there is told to the log, and its own choice stays in its place. Null: a setting cannot be
   read, or there is no memory; the log says so. */
extern SSL_CTX *context_make(int server);

#endif
