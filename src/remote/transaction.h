/* transaction.h - one message through a session: MAIL, RCPT, DATA, and what each answer means for whom */

#ifndef TRANSACTION_H
#define TRANSACTION_H

#include "remote/message.h"
#include "remote/outcome.h"
#include "remote/session.h"

enum transaction {
  TRANSACTION_OVER,     /* every open recipient has a result of this host; the session may be gone */
  TRANSACTION_STALE     /* the host had given up the session before this message: nothing was tried */
};

/* sender: its path, "<>" or "<local@domain>". Only recipients that are open take part. */
extern enum transaction transaction(struct session *, struct message const *, char const *sender, struct outcome *);

#endif
