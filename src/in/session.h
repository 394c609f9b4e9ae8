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
#include "lib/conf/login.h"

#define HELO_MAX 255            /* RFC 5321 4.5.3.1.2 */

/* What is kept of a handshake. */
struct secured {
  char text[TLS_VERSION_MAX + TLS_CIPHER_MAX + 2];      /* "TLSv1.3/TLS_AES_256_GCM_SHA384"; "": TLS is not on */
  unsigned char endpoint[TLS_ENDPOINT_MAX];             /* channel bindings, see door/tls.h */
  size_t endpoint_len;
  unsigned char exporter[TLS_EXPORTER_MAX];
  size_t exporter_len;
};

enum chunks { CHUNKS_NONE, CHUNKS_BEGUN, CHUNKS_LOST };        /* see data.c */

struct session {
  char helo[HELO_MAX + 1];
  int extended;                 /* by EHLO */
  struct secured secured;
  struct ucspi ucspi;
  int once;                     /* this process serves no other connection */
  struct rules *rules;          /* those of c, which a login changes */
  int auth;                     /* socket to mail-authd after a login, or -1 */
  unsigned int tries;           /* of logins, that failed */
  int open;                     /* a transaction is */
  int utf8;                     /* it has SMTPUTF8 */
  enum chunks chunks;
  struct message message;       /* under way in DATA, or in chunks */
  int done;                     /* the session is over; the last reply has been given */
  int quit;                     /* because the client said QUIT */
  char const *why;              /* it is over, if we ended it */
  struct client c;
};

/* The visit stays the caller's; its rules become what they are here. */
extern void session_start(struct session *, struct visit *);

/* From the greeting to the end. 1 when the client said QUIT, nothing was wrong, and neither TLS nor a login was asked
   for. */
extern int session_run(struct session *);

/* Forgets the transaction (RFC 5321 4.1.1.5). */
extern void session_reset(struct session *);

/* Forgets what the client said of itself, too, its login included (RFC 3207 4.2). */
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

/* A line of commands: 1, without its CRLF and NUL-terminated; 0 it was none, and what there is to say has been said. */
extern int session_line(struct session *, char **line, size_t *len);

/* 1 when STARTTLS can be said now. */
extern int starttls_offered(struct session const *);
/* TLS from the first byte. Where that does not come to be the session is over. */
extern void starttls_first(struct session *);

/* 1 when AUTH can be said now, or was, with what stands behind it in EHLO's reply. */
extern int auth_offered(struct session const *, char words[LOGIN_WORDS_MAX]);
/* Nobody has logged in any more. */
extern void auth_forget(struct session *);
/* Null when mail of that sender may come from who is there; or a refusal. */
extern char const *auth_permits_any(struct session const *);
extern char const *auth_permits(struct session const *, char const *sender);
/* Null when who logged in may send one more message, to the recipients that are named; or a refusal. */
extern char const *auth_counted(struct session const *);

/* The commands that other files do; arg is NUL-terminated, without blanks at its ends. */
extern void greet_helo(struct session *, char const *arg);
extern void greet_ehlo(struct session *, char const *arg);
extern void starttls_command(struct session *, char const *arg);
extern void auth_command(struct session *, char const *arg);
extern void transaction_mail(struct session *, char const *arg);
extern void transaction_rcpt(struct session *, char const *arg);
extern void data_command(struct session *, char const *arg);
extern void bdat_command(struct session *, char const *arg);

#endif
