/*
 * outlet.h - where mail-inject's message goes: the queue service, the program named by QMAILQUEUE, or fd 1
 *
 * Hides which of the three it is. The order is open, put..., end. A message whose outlet is not ended is not
 * queued: the program's exit closes the connection or pipe, and the other side drops what it has.
 */

#ifndef USER_OUTLET_H
#define USER_OUTLET_H

#include <stddef.h>

#define OUTLET_TEXT_MAX 255
#define OUTLET_AGAIN -1         /* not for longer than a minute */

enum outlet_kind { OUTLET_QUEUE, OUTLET_PRINT };

/* Errors are kept until user_outlet_end. With OUTLET_QUEUE and QMAILQUEUE in the environment, that program is run:
   message on its fd 0, envelope on its fd 1, words of its own on fd 4 or 6. */
extern void outlet_open(enum outlet_kind);

/* 0, or -1 when there is no use in sending more. */
extern int outlet_put(char const *, size_t len);

/* May the envelope have parameters? Where a program takes the queue's place it may not. */
extern int outlet_takes_params(enum outlet_kind);

/* Ends the message with its envelope (door/envelope.h: F and T records). Returns 0 queued, 100 refused for good,
   111 try again later; *text says why, or is the ID ("" when the other side gave none). OUTLET_AGAIN: the queue service
   is busy, with nothing queued: send it all again from outlet_open on, since cron does not try again. */
extern int user_outlet_end(char const *records, size_t len, char const **text);

#endif
