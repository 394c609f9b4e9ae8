/* dovecot.h - the client's side of Dovecot's auth protocol, version 1, as far as one password needs it */

#ifndef AUTH_DOVECOT_H
#define AUTH_DOVECOT_H

#include <stddef.h>

#include "auth/verdict.h"
#include "door/auth.h"

#define DOVECOT_LINE_MAX 8192   /* of what it says; a longer one is nothing of the kind */

enum dovecot_state {
  DOVECOT_GREETING,     /* its handshake is not over */
  DOVECOT_READY,        /* it is to be asked */
  DOVECOT_ASKED,
  DOVECOT_YES,          /* login has its name for who it is */
  DOVECOT_NO,
  DOVECOT_LATER,        /* it cannot say, or what it says is not understood */
};

struct dovecot {        /* all zero at first */
  enum dovecot_state state;
  int version;          /* it has said one that is ours */
  char line[DOVECOT_LINE_MAX];
  size_t len;           /* of the line, so far */
  char login[AUTH_LOGIN_MAX + 1];       /* of who asks; may become another */
};

/* Takes what has come, up to the end or to a state in which it is our turn or all is said: how many bytes. */
extern size_t dovecot_feed(struct dovecot *, char const *, size_t len);

/* Asks over a connected stream socket whether it is the password. login may become another: AUTH_LOGIN_MAX bytes. */
extern enum verdict dovecot_check(int sock, char const *ip, int secure, char *login, char const *password,
                                  unsigned int seconds);

#endif
