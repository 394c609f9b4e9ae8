/*
 * certs.h - the certificates of HOME/tls, and which of them a client gets
 *
 * A folder tls/NAME has cert, the chain in PEM, its own certificate first. NAME is a host's name in lower case, or
 * _.DOMAIN for *.DOMAIN. The parent has them all in memory and looks for changes before each child, which then needs
 * no file. A folder whose certificate cannot be used (damaged, a key of an unknown kind) is told to the log once, and
 * what was there before stays in use; without one before, its name is one that is not there. Whether the key fits
 * mail-keyd knows alone.
 */

#ifndef TLS_CERTS_H
#define TLS_CERTS_H

#include <openssl/ssl.h>

#define CERTS_MAX 10000         /* folders; the log tells of more */

/* Loads all, after keyprovider_start; none is no error. 0, or -1 with errno: tls/ cannot be read now. */
extern int certs_start(void);

/* Looks for what has changed, and loads that: new and removed names, and files with another stamp, of at most
   CERTS_LOOK folders a call, the next ones with the next call. Cheap when nothing has. */
#define CERTS_LOOK 64
extern void certs_look(void);

/* How many there are; 0: no handshake can succeed now. */
extern size_t certs_count(void);

/* In a client's handshake: the certificate for this name (null: it sent none): its own folder, its domain's _.DOMAIN,
   then default, then the one of control/me, then the only one. Puts chain and key into the connection. 1, or 0 when
   there is none: the handshake fails. From the callback of SSL_CTX_set_cert_cb, whose result it is:
   certs_choose(ssl, SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)). */
extern int certs_choose(SSL *, char const *sni);

/* The certificate that certs_choose took last in this process, for what a result tells of it (the channel binding), or
   null. It stays certs'. */
extern X509 *certs_chosen(void);

#endif
