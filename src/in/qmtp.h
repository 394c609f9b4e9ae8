/*
 * qmtp.h - QMTP: messages of one client, each with an answer for each of its recipients
 *
 * A request is three netstrings: the message, its sender, and the netstrings of its recipients in one. The message
 * comes first, so it is on its way to the queue service before anybody knows whether a recipient may have it;
 * without one it is dropped there. Answers go out when the request is whole; the next one may have come by then.
 *
 * Budgets, each with its counter here: refused recipients, what is no address among them (gate.h), recipients tried
 * since the last message was taken (the commands of budget.h), requests in a row of which nothing was taken,
 * recipients and bytes of a message, bytes of all messages (budget.h), time (wire.h).
 */

#ifndef IN_QMTP_H
#define IN_QMTP_H

#include <stddef.h>

#include "in/entry.h"
#include "lib/addr/path.h"

#define QMTP_REFUSAL_MAX (PATH_WRONG_MAX + 50)  /* bytes of one for what is no address */

struct qmtp {
  struct entry entry;
  char bad_sender[QMTP_REFUSAL_MAX];    /* this message's refusal, or empty */
  unsigned int fruitless;
  stralloc answers;             /* of this message's recipients, in order: a size_t each, the place of its text in
                                   texts, or 0: taken */
  stralloc texts;               /* copies: the next question may overwrite a refusal */
  size_t last;                  /* of texts */
};

extern void qmtp_start(struct qmtp *, struct visit const *);

/* From the first request to the end of the connection. */
extern void qmtp_run(struct qmtp *);

#endif
