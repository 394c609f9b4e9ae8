/*
 * session.h - one SMTP session: its state, its table of commands
 *
 * A transaction is open between a good MAIL and the end of its message, RSET, HELO or EHLO:
 *
 *      state           open   rcpts   next
 *      no sender       0      0       MAIL
 *      sender          1      0       RCPT
 *      recipients      1      > 0     RCPT, DATA, BDAT
 *      chunks          1      > 0     BDAT
 *
 * Budgets: recipients and bytes of a message, whose replies are their own; refused recipients (gate.h), time (wire.h),
 * errors, commands and bytes of the session (budget.h), which end it with 421.
 */

#ifndef IN_SESSION_H
#define IN_SESSION_H

#include "door/tls.h"
#include "in/client.h"
#include "in/message.h"

#define HELO_MAX 255            /* RFC 5321 4.5.3.1.2 */

/* What is kept of a handshake. */
struct secured {
  char text[TLS_VERSION_MAX + TLS_CIPHER_MAX + 2];      /* "TLSv1.3/TLS_AES_256_GCM_SHA384"; "": TLS is not on */
};

enum chunks { CHUNKS_NONE, CHUNKS_BEGUN, CHUNKS_LOST };        /* see data.c */

struct session {
  char helo[HELO_MAX + 1];
  int extended;                 /* by EHLO */
  struct secured secured;
  struct ucspi ucspi;
  int once;                     /* this process serves no other connection */
  int open;                     /* a transaction is */
  int utf8;                     /* it has SMTPUTF8 */
  enum chunks chunks;
  struct message message;       /* under way in DATA, or in chunks */
  int done;                     /* the session is over; the last reply has been given */
  int quit;                     /* because the client said QUIT */
  char const *why;              /* it is over, if we ended it */
  struct client c;
};

/* The visit stays the caller's. */
extern void session_start(struct session *, struct visit const *);

/* From the greeting to the end. 1 when the client said QUIT, nothing was wrong, and TLS was not asked for. */
extern int session_run(struct session *);

/* Forgets the transaction (RFC 5321 4.1.1.5). */
extern void session_reset(struct session *);

/* Forgets what the client said of itself, too (RFC 3207 4.2). */
extern void session_forget(struct session *);

/* What Received says of it (RFC 5321 4.4, RFC 3848, RFC 6531 4.3). */
extern char const *session_protocol(struct session const *);

/* For the commands. One line of reply, in parts. */
#define session_reply(s, ...) session_reply_parts((s), __VA_ARGS__, (char *)0)
extern void session_reply_parts(struct session *, ...) __attribute__((sentinel));

/* A reply that costs one of the errors there may be. */
extern void session_error(struct session *, char const *text);

/* Replies go out, and the client has to wait. */
extern void session_pause(struct session *, int milliseconds);

/* The last reply: the session ends; why is for the log. */
extern void session_end(struct session *, char const *text, char const *why);
extern void session_end_bytes(struct session *);

/* 1 when the bytes are used up, unless a message is under way that could be taken: the session is over then. */
extern int session_spent(struct session *);

/* 1 when STARTTLS can be said now. */
extern int starttls_offered(struct session const *);

/* The commands that other files do; arg is NUL-terminated, without blanks at its ends. */
extern void greet_helo(struct session *, char const *arg);
extern void greet_ehlo(struct session *, char const *arg);
extern void starttls_command(struct session *, char const *arg);
extern void transaction_mail(struct session *, char const *arg);
extern void transaction_rcpt(struct session *, char const *arg);
extern void data_command(struct session *, char const *arg);
extern void bdat_command(struct session *, char const *arg);

#endif
