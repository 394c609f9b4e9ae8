/*
 * messageid.h - the Message-ID of a message that comes in piece by piece, for the log
 *
 * The first field of that name in the header (RFC 5322 3.6.4), in any case, folded or not, with blanks before its colon
 * (4.5.4) or without. Its bytes come from strangers: one that is no printable ASCII becomes '?', what is longer is cut.
 */

#ifndef QUEUE_MESSAGEID_H
#define QUEUE_MESSAGEID_H

#include <stddef.h>

#define MESSAGEID_MAX 250       /* bytes of it that are kept */

struct messageid {
  enum { MESSAGEID_NAME, MESSAGEID_OTHER, MESSAGEID_COLON, MESSAGEID_VALUE, MESSAGEID_FOLD, MESSAGEID_END } at;
  size_t matched;               /* bytes of the line, all of them the name's so far */
  size_t len;
  char text[MESSAGEID_MAX + 1]; /* NUL-terminated, no blank at either end; "" when there is none */
};

extern void messageid_start(struct messageid *);
/* The next bytes of the message, line ends LF. Costs nothing once the header or the field is over. */
extern void messageid_feed(struct messageid *, char const *, size_t len);
/* There is no more: text is what it is. */
extern void messageid_end(struct messageid *);

#endif
