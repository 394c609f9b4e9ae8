/*
 * client.h - a client as every server of this room has it: the connection, what it may, its envelope so far, the way to
 * the queue, its lines of the log
 *
 * Refusals are SMTP replies, whatever the protocol (gate.h).
 */

#ifndef IN_CLIENT_H
#define IN_CLIENT_H

#include <stddef.h>
#include <sys/types.h>
#include <skalibs/stralloc.h>

#include "door/limits.h"
#include "in/budget.h"
#include "in/gate.h"
#include "in/named.h"
#include "in/outlet.h"
#include "in/visit.h"
#include "in/wire.h"

struct client {
  struct peer peer;
  struct rules const *rules;
  struct ties *ties;
  pid_t pid;                    /* for the log */
  long long start;              /* io_clock() */
  int told;                     /* its end is told to the log even when it is a good one */
  char const *helo;             /* for the log, too; null: the protocol has none */
  char const *tls;              /* the same: version/cipher, or "" */
  char const *user;             /* the same: who has logged in, or ""; its message is completed on the way */
  struct gate gate;             /* it counts refused recipients */
  struct budget budget;

  char sender[ADDRESS_MAX + 1];
  stralloc records;             /* of the envelope, so far (door/submit.h); empty: no sender yet */
  unsigned int rcpts;           /* of the envelope */
  unsigned int wanted;          /* recipients taken, who was named already among them; as many as there may be */
  struct named named;

  /* all in all, for the end's line of the log */
  unsigned int messages;        /* taken */
  unsigned int passed;          /* their recipients */
  unsigned long long bytes;     /* of them */
  unsigned int refused;         /* recipients and messages */

  struct wire wire;
  struct outlet queue;
};

/* The visit stays the caller's. */
extern void client_start(struct client *, struct visit const *);
extern void client_close(struct client *);

/* 1 when nothing was refused and nothing went wrong. */
extern int client_spotless(struct client const *);

/* Forgets the envelope. */
extern void client_reset(struct client *);

/* Adds to the envelope, more (records of parameters) behind it. Null, or a refusal: no memory. */
extern char const *client_record(struct client *, char letter, char const *address, char const *more, size_t len);
extern char const *client_sender(struct client *, char const *address, char const *more, size_t len);

/* 1 when there is no room for another recipient whose records have len bytes. */
extern int client_full(struct client const *, size_t len);

/* Null when the recipient may be, and is in the envelope, from before or now. Else why not. */
extern char const *client_recipient(struct client *, char const *address, char const *more, size_t len);

/* Counts and logs a recipient who was refused, and holds the answer back where that is due. */
extern void client_refuse(struct client *, char const *to, char const *refusal);

/* The reply to a message that is queued: "250 2.0.0 ok 1234567890 qp ID". Logs are searched for "ok N qp". */
#define CLIENT_TAKEN_MAX (OUTLET_TEXT_MAX + 50)
extern char const *client_taken(struct client const *, char reply[CLIENT_TAKEN_MAX]);

/* Starts a line of the log with what is known of the client; the caller adds fields and ends it: with log_end, or with
   this and a reason in words. */
extern void client_log(struct client const *, char const *what);
extern void client_log_end(char const *why);

/* Counts a message and logs its end: null when it was accepted. */
extern void client_log_message(struct client *, unsigned long long bytes, char const *refusal);
/* Counts and logs who is refused before anything is known of the envelope: what ("refused", a recipient; "refused
   message", a sender), and the field with the address, as it was said. */
extern void client_log_refused(struct client *, char const *what, char const *field, char const *address,
                               char const *refusal);
/* A message that nobody was there to take. */
extern void client_log_away(struct client *, char const *refusal);

/* The end of the session, with what it was all in all: the trouble of the connection or else why; null: it is a good
   one. */
extern void client_log_ended(struct client const *, char const *why);

#endif
