/*
 * tls.h - TLS in a session: by STARTTLS (RFC 3207), or from the first byte
 *
 * The handshake and all cryptography are mail-tlsd's (door/tls.h): it takes the connection, and the session goes on
 * over the plain side that it gives back. To mail-tlsd others connect (remote/reach.h).
 */

#ifndef REMOTE_TLS_H
#define REMOTE_TLS_H

#include "remote/session.h"

enum starttls {
  STARTTLS_DONE,        /* the session is encrypted, and nothing has been said in it */
  STARTTLS_CLEAR,       /* it goes on in clear */
  STARTTLS_ANEW,        /* it is lost: in clear another one may do */
  STARTTLS_LATER        /* it is of no use; why is set */
};

/* The socket by which mail-rspawn is asked. */
extern void starttls_by(int sock);

/* After EHLO, or before anything was said: as the session's policy has it. */
extern enum starttls starttls(struct session *, struct target const *);
extern enum starttls starttls_at_once(struct session *, struct target const *);

/* A connection to mail-tlsd for what else it does (door/scram.h), or -1; and how many seconds it has for anything. */
extern int starttls_service(void);
extern unsigned int starttls_seconds(struct session const *);

#endif
