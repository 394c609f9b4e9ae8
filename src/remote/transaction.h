/*
 * transaction.h - one message through a session: MAIL, RCPT, DATA, and what each answer means for whom
 *
 * As many transactions as the recipients need: a limit of ours or of the host's, or a host that has enough of them,
 * leaves some for the next one.
 */

#ifndef TRANSACTION_H
#define TRANSACTION_H

#include "remote/outcome.h"
#include "remote/params.h"
#include "remote/session.h"

enum transaction {
  TRANSACTION_OVER,     /* every open recipient has a result of this host; the session may be gone */
  TRANSACTION_STALE     /* the host gave up the session between two messages: those still open are to be tried anew */
};

/* Only recipients that are open take part. */
extern enum transaction transaction(struct session *, struct mail const *, struct outcome *);

#endif
