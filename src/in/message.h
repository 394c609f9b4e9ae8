/*
 * message.h - one message on its way from the client to the queue service, whatever protocol brings it
 *
 * What is wrong with a message is found out as it comes; the queue service is told at once to drop it, and the rest is
 * read and thrown away, so that the client is answered at the message's true end.
 */

#ifndef IN_MESSAGE_H
#define IN_MESSAGE_H

#include <stddef.h>

#include "in/body.h"
#include "in/client.h"
#include "in/supplement.h"

struct message {
  struct body body;
  struct supplement supplement; /* of a client who has logged in */
  struct client *client;
  char const *refusal;          /* an SMTP reply; null: good so far */
  int faulty;                   /* it is about the text */
  long long start;              /* io_clock() */
  long long taken;              /* bytes of the client's */
  char words[OUTLET_TEXT_MAX + 5];    /* a code, a blank, its text */
};

/* Null when the queue service is there, or a refusal. */
extern char const *message_connect(struct client *);

/* Begins it with its trace line. */
extern void in_message_begin(struct message *, struct client *, enum body_kind, char const *protocol);

/* Takes bytes up to the message's end, which only BODY_DOTS finds by itself; returns how many. Changes them. */
extern size_t message_feed(struct message *, char *, size_t len);

/* When more of it must have come, on io_clock()'s clock: idle milliseconds from now, and fast enough on the whole. */
extern long long message_patience(struct message const *, int idle);

/* Drops it. */
extern void message_refuse(struct message *, char const *refusal);

/* Ends it with its client's envelope. Null: it is safe, queue.text is its ID. Else why not; then nothing is queued. */
extern char const *message_end(struct message *);

#endif
