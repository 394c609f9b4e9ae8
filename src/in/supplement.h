/*
 * supplement.h - what the header of a submitted message lacks (RFC 6409 8): From, Date, Message-ID
 *
 * The text passes through in pieces, and what is missing comes behind the last field. A line that is no field ends the
 * header as the empty one does: then an empty one comes before it.
 *
 *      SUPPLEMENT_NAME    at a line's start, and in what may be a field's name: it is held
 *      SUPPLEMENT_FIELD   in the rest of a field
 *      SUPPLEMENT_BODY    behind the header: all passes
 */

#ifndef IN_SUPPLEMENT_H
#define IN_SUPPLEMENT_H

#include <stddef.h>

#define SUPPLEMENT_HELD_MAX 80  /* bytes of a name; what has more is none */

enum supplement_state { SUPPLEMENT_NAME, SUPPLEMENT_FIELD, SUPPLEMENT_BODY };

struct supplement {
  enum supplement_state state;
  unsigned int seen;            /* the fields that are there, bits of the module's own */
  int fields;                   /* there is one, so that a line may go on with it */
  size_t len;
  char held[SUPPLEMENT_HELD_MAX];
  char const *from;             /* the author, where there is none */
  char const *host;             /* of Message-ID */
  void (*sink)(void *, char const *, size_t);
  void *to;
};

/* Strings and sink stay the caller's. from: an address, or "" where none can be told. */
extern void supplement_start(struct supplement *, char const *from, char const *host,
                             void (*sink)(void *, char const *, size_t), void *to);

/* Text with LF line ends; and its end. */
extern void supplement_feed(struct supplement *, char const *, size_t len);
extern void supplement_end(struct supplement *);

#endif
