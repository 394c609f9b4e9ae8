/*
 * entry.h - what QMTP and QMQP have in common: requests in netstrings, a message among them, and answers
 *
 * Replies are written as for SMTP, "550 5.1.1 words", and go out as these protocols have them: K, Z or D and what
 * follows the first blank.
 */

#ifndef IN_ENTRY_H
#define IN_ENTRY_H

#include <stddef.h>

#include "in/client.h"
#include "in/frame.h"
#include "in/message.h"

#define ENTRY_MESSAGE_MAX 200000000     /* bytes of a message on the wire, as in qmail */
#define ENTRY_SWALLOW_MAX 65536         /* an address longer than this ends the connection */

struct entry {
  struct client c;
  struct frame in;
};

extern void entry_start(struct entry *, char const *protocol, struct visit const *);

/* Begins a request: nothing of one before it is left. */
extern void entry_begin(struct entry *);

/* Begins a message. refusal, when it is not null, is its verdict already; it is read all the same. */
extern void entry_message(struct entry *, struct message *, enum body_kind, char const *refusal);
/* Reads len bytes of it, and the comma. 1, or 0. */
extern int entry_body(struct entry *, struct message *, size_t len);

/* One reply. */
extern void entry_reply(struct entry *, char const *reply);

/* Logs why the connection ends, where that is worth a line, and closes it. */
extern void entry_end(struct entry *, char const *why);

#endif
