/*
 * entry.h - what QMTP and QMQP have in common: the connection, a message in netstrings, answers, the log
 *
 * Replies are written as for SMTP, "550 5.1.1 words", and go out as these protocols have them: K, Z or D and what
 * follows the first blank.
 */

#ifndef IN_ENTRY_H
#define IN_ENTRY_H

#include <stddef.h>
#include <sys/types.h>
#include <skalibs/stralloc.h>

#include "door/limits.h"
#include "in/frame.h"
#include "in/message.h"
#include "in/outlet.h"
#include "in/peer.h"
#include "in/rules.h"
#include "in/wire.h"

#define ENTRY_MESSAGE_MAX 200000000     /* bytes of a message on the wire, as in qmail */
#define ENTRY_SWALLOW_MAX 65536         /* an address longer than this ends the connection */

struct entry {
  char const *protocol;
  struct rules const *rules;
  struct wire wire;
  struct frame in;
  struct peer peer;
  struct outlet queue;
  pid_t pid;                    /* for the log */
  char sender[ADDRESS_MAX + 1];
  stralloc records;             /* of the envelope, so far (door/submit.h) */
  unsigned int rcpts;
};

extern void entry_start(struct entry *, char const *protocol, struct rules const *, struct peer const *, int in,
                        int out);
extern void entry_close(struct entry *);

/* Begins a request: nothing of one before it is left. */
extern void entry_begin(struct entry *);

/* Begins a message. refusal, when it is not null, is its verdict already; it is read all the same. */
extern void entry_message(struct entry *, struct message *, enum body_kind, char const *refusal, unsigned int wait);
/* Reads len bytes of it, and the comma. 1, or 0. */
extern int entry_body(struct entry *, struct message *, size_t len);

/* Adds to the envelope: 1, or 0 when there is no memory. */
extern int entry_record(struct entry *, char letter, char const *address);

/* One reply. */
extern void entry_reply(struct entry *, char const *reply);
/* The reply to a message that is queued: "250 2.0.0 ok 1234567890 qp ID". */
#define ENTRY_TAKEN_MAX 320
extern char const *entry_taken(struct entry const *, char reply[ENTRY_TAKEN_MAX]);

/* Log lines. */
extern void entry_log(struct entry const *, char const *what);
extern void entry_log_message(struct entry const *, struct message const *, char const *refusal);
/* Why the connection ends, where that is worth a line. */
extern void entry_log_end(struct entry const *, char const *why);

#endif
