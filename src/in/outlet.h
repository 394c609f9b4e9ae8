/*
 * outlet.h - where a server's messages go: the queue service, or the program that QMAILQUEUE names
 *
 * Hides which of the two it is, and answers for both with qmail-queue's codes. The order is ready, begin, data..., then
 * end or abort. Nothing is queued before end has returned 0: a message left in the middle is dropped by either.
 */

#ifndef IN_OUTLET_H
#define IN_OUTLET_H

#include <stddef.h>

#include "door/submit.h"

#define OUTLET_TEXT_MAX 270

struct outlet {
  int message;          /* pipes to the program, or -1 */
  int envelope;
  int broken;           /* it takes no more */
  int under_way;        /* a message has begun, and has had no end */
  int hurried;          /* the connection has the time limits of this session's end */
  char text[OUTLET_TEXT_MAX + 1];       /* after end: the ID, or why not */
  struct submit submit;         /* large, so it comes last: see wire.h */
};

/* queue: a connection to the queue service that was kept, or -1. */
extern void outlet_start(struct outlet *, int queue);

/* Waits up to seconds for somebody to take messages. 1, or 0. */
extern int outlet_ready(struct outlet *, unsigned int seconds);

/* Errors are kept until outlet_end. */
extern void outlet_begin(struct outlet *);
extern void outlet_data(struct outlet *, char const *, size_t len);

/* Ends the message with its envelope records; the code, 0 when it is queued. text is then what names it, else words
   that begin with an RFC 3463 code when they are fit for the client. */
extern int outlet_end(struct outlet *, char const *records, size_t len);

extern void outlet_abort(struct outlet *);
extern void outlet_close(struct outlet *);

/* Gives its connection away, for another outlet: that, or -1. One with a message in the middle is closed. */
extern int outlet_keep(struct outlet *);

#endif
