/* known.h - what is known of a connection after its handshake (door/tls.h), and words for one that failed */

#ifndef TLS_KNOWN_H
#define TLS_KNOWN_H

#include <openssl/ssl.h>

#include "door/tls.h"

/* Fills in all but status, verified and text; own: the certificate that the server's side has shown, else null. */
extern void known_tell(struct tls_result *, SSL *, X509 *own);

/* Text that may come from outside: what is not printable ASCII becomes a question mark; cut to fit. */
extern void known_text(char *to, size_t size, char const *text);

/* Why OpenSSL's last call failed, e.g. "wrong version number"; or null when it does not say. */
extern char const *known_error(void);

#endif
