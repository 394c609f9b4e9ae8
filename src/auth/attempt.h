/* attempt.h - one process's work: one login, and then the count of what that login sends */

#ifndef AUTH_ATTEMPT_H
#define AUTH_ATTEMPT_H

#include "auth/file.h"
#include "lib/conf/login.h"

/* What the process has, all of it opened before the first byte comes from mail-smtpd. */
struct attempt {
  int client;                   /* the connection */
  int parent;                   /* tell.h */
  enum backend backend;
  struct file file;             /* BACKEND_FILE's */
  int source;                   /* Dovecot's socket, or checkpassword's; -1: it cannot be had */
  unsigned int mechanisms;      /* login_mechanisms */
  unsigned int idle;            /* seconds that the client may take for a line */
  unsigned int seconds;         /* that Dovecot or a program may take */
};

extern _Noreturn void attempt_run(struct attempt const *);

#endif
