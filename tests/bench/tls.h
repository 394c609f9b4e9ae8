/*
 * tls.h - TLS on the sockets of the load and of its null server, where both are built with OpenSSL
 */

#ifndef BENCH_TLS_H
#define BENCH_TLS_H

#include <sys/types.h>

struct ssl_st;                  /* OpenSSL's SSL */

/* Once: what this program is. pem has a certificate and its key. Without OpenSSL, and with a file that is none, it ends
   with words. */
extern void tls_client(void);
extern void tls_server(char const *pem);

/* A side of it for a non-blocking descriptor. */
extern struct ssl_st *tls_new(int fd);

/* Goes on with the handshake: 0 when it is done; what poll is to wait for; -1 when it has failed. */
extern int tls_shake(struct ssl_st *);

/* As read and send. */
extern ssize_t tls_read(struct ssl_st *, void *, size_t);
extern ssize_t tls_write(struct ssl_st *, void const *, size_t);

/* There is more to read, of which poll knows nothing. */
extern int tls_pending(struct ssl_st *);

/* Says the end, and frees it; the descriptor stays open. Null is no error. */
extern void tls_end(struct ssl_st *);

#endif
