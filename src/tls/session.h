/*
 * session.h - the life of one process of mail-tlsd: a request, a handshake, a result, and then the bytes
 */

#ifndef TLS_SESSION_H
#define TLS_SESSION_H

#include <openssl/ssl.h>

struct session {
  SSL_CTX *context;
  int server;
  int key;                      /* server: the socket for its one signature (keyprovider.h); -1: none */
  unsigned int idle;            /* seconds that both sides may be silent */
};

/* Serves who called by sock (door/tls.h), and ends the process. It is locked in. */
extern _Noreturn void session_live(struct session const *, int sock);

/* Refuses one, with words for the log and replies. */
extern void session_refuse(int sock, char const *text);

#endif
