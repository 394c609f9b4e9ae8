/* suits.h - can this host have this message at all: its size, and addresses and headers beyond ASCII */

#ifndef REMOTE_SUITS_H
#define REMOTE_SUITS_H

#include "remote/outcome.h"
#include "remote/params.h"
#include "remote/session.h"

/* Gives those that are due and cannot be sent to this host their result, for good. 1 when any are left. */
extern int suits(struct session const *, struct mail const *, struct outcome *);

/* Does the transaction, for those who are asked in it, need the SMTPUTF8 that the host offers? */
extern int suits_utf8(struct session const *, struct mail const *, struct outcome const *);

#endif
