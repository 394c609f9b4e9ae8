/*
 * named.h - the recipients that an envelope has already: who is named twice gets one copy
 *
 * Two are the same when their addresses are (the domain without regard to case) and all that was asked of reports to
 * them: the records that follow (in/parameters.h). Who asks for other reports is another recipient, so that none that
 * was asked for is lost. A search costs no more than the logarithm of their number, whoever chooses them.
 */

#ifndef IN_NAMED_H
#define IN_NAMED_H

#include <stddef.h>
#include <skalibs/avltree.h>
#include <skalibs/stralloc.h>

struct named {
  avltree tree;                 /* of places in the records */
};

/* records: an envelope's, the caller's, which grow; nobody is named. */
extern void named_start(struct named *, stralloc const *records);

/* Forgets all: the records begin anew. */
extern void named_clear(struct named *);

/* Of the recipient whose records are the last ones, from at on: 1 when it is named already. */
extern int named_has(struct named const *, size_t at);

/* It is named now. 1, or 0 when there is no memory. */
extern int named_add(struct named *, size_t at);

#endif
