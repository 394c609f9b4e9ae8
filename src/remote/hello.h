/* hello.h - the start of a session: greeting, EHLO or HELO or LHLO (RFC 5321 sections 3.1 and 3.2), STARTTLS,
 * AUTH; in QMTP nothing but TLS, where control/tlspolicy says so */

#ifndef REMOTE_HELLO_H
#define REMOTE_HELLO_H

#include "remote/session.h"

enum hello {
  HELLO_READY,
  HELLO_LATER,          /* no service now */
  HELLO_CLEAR,          /* no TLS, which need not be: the host is to be asked in clear, by another connection */
  HELLO_NEVER           /* the host says that it has none for us (5xx) */
};

/* Takes a connection (remote/connect.h) and greets the host. On failure why is set, and it is closed. */
extern enum hello hello(struct session *, int fd, struct target const *);

#endif
