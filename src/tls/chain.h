/* chain.h - a chain of certificates in PEM, as a folder below tls/ has it */

#ifndef TLS_CHAIN_H
#define TLS_CHAIN_H

#include <stddef.h>
#include <openssl/x509.h>

#define CHAIN_MAX 20            /* certificates, the first one counted */

/* Reads all certificates of a text: the first one, and those behind it. 0; or -1 when there is none, there are too
   many, or one is damaged. In both cases the caller frees what was set, if it is not null. */
extern int chain_read(char const *pem, size_t len, X509 **own, STACK_OF(X509) **rest);

#endif
