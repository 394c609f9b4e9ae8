/* demand.h - what a client's request demands of the server's certificate (door/tls.h) */

#ifndef TLS_DEMAND_H
#define TLS_DEMAND_H

#include <openssl/ssl.h>

#include "door/tls.h"

/* Before the handshake, which then fails where names and CAs do not hold. Null, or why that cannot be demanded. */
extern char const *demand_set(SSL *, struct tls_request const *);

/* After it: 1 when it holds, 0 when a fingerprint does not, or there is no certificate. */
extern int demand_holds(SSL *, struct tls_request const *);

/* Of what a handshake failed: words when it was the certificate that did not hold, else null. */
extern char const *demand_broken(SSL *);

/* SHA-256 of a certificate in lower-case hex; "" when there is none (null). */
extern void demand_fingerprint(X509 *, char hex[TLS_FINGERPRINT_LEN + 1]);

#endif
