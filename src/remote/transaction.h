/*
 * transaction.h - one message through a session: MAIL, RCPT, DATA, and what each answer means for whom
 *
 * As many transactions as the recipients need: a limit of ours or of the host's, or a host that has enough of them,
 * leaves some for the next one.
 */

#ifndef REMOTE_TRANSACTION_H
#define REMOTE_TRANSACTION_H

#include "remote/outcome.h"
#include "remote/params.h"
#include "remote/session.h"

enum transaction {
  TRANSACTION_OVER,     /* every open recipient has a result of this host; the session may be gone */
  TRANSACTION_STALE     /* the session ended before the message had its turn: those still due are to be tried anew */
};

/* Only recipients that are due take part: outcome_begin comes before the first session with a host. */
extern enum transaction transaction(struct session *, struct mail const *, struct outcome *);

#endif
