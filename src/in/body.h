/*
 * body.h - the message between DATA's reply and the dot: line ends, dots, hops
 *
 * Only CRLF.CRLF ends it (RFC 5321 2.3.8, 4.1.1.4). A CR without its LF, an LF without its CR or a NUL
 * anywhere makes it bad, and it stays so until the true end: what a looser reader takes for an end, and for commands
 * behind it, can never get out of the message. Out comes text with LF line ends and the dots of 4.5.2
 * taken away, in pieces, nothing kept.
 *
 *      state        read since the last CRLF (or the start)
 *      BODY_START   nothing
 *      BODY_DOT     .
 *      BODY_DOTCR   . CR
 *      BODY_TEXT    something else
 *      BODY_CR      something else, or nothing, then CR
 *      BODY_END     . CRLF: no byte behind it is looked at
 *
 * Where something else tells the end (a netstring's length), dots are text: BODY_CRLF has the same rule for line ends
 * and never comes to the states of the dot; BODY_LF takes text that has LF line ends already, in which CR and NUL
 * are bad.
 */

#ifndef IN_BODY_H
#define IN_BODY_H

#include <stddef.h>
#include <stdint.h>

#define BODY_NAME_MAX 14        /* of the header fields counted */

enum body_state { BODY_START, BODY_DOT, BODY_DOTCR, BODY_TEXT, BODY_CR, BODY_END };

enum body_kind { BODY_DOTS, BODY_CRLF, BODY_LF };

struct body {
  enum body_kind kind;
  enum body_state state;
  int bad;
  uint64_t bytes;               /* with LF line ends */
  uint64_t pairs;               /* of CR and LF that became an LF */
  unsigned int hops;            /* Received and Delivered-To fields */
  int in_body;                  /* the header is over */
  size_t name_len;
  char name[BODY_NAME_MAX];     /* how the header's current line starts, in lower case */
  void (*sink)(void *, char const *, size_t);
  void *to;
};

extern void body_start(struct body *, enum body_kind, void (*sink)(void *, char const *, size_t), void *to);

/* Looks at bytes up to the end of the message: returns how many were used. Changes them: CRs become LFs. */
extern size_t body_feed(struct body *, char *, size_t len);

/* Its bytes as they were sent (RFC 1870 5): line ends as they came, dots that were doubled once. */
extern uint64_t body_size(struct body const *);

/* The message is over, though no dot said so: a CR at its end was a bare one. */
extern void body_end(struct body *);

#endif
