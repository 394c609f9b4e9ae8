/*
 * qmqp.h - one message to one QMQP server: connection, request, answer
 *
 *      result          the message
 *      QMQP_TAKEN      is in the server's queue
 *      QMQP_LATER      is not taken now, says the server
 *      QMQP_NEVER      will never be
 *      QMQP_UNSENT     did not get there as a whole, so the server cannot have taken it
 *      QMQP_UNKNOWN    did, but no sound answer came: the server may have taken it
 */

#ifndef USER_QMQP_H
#define USER_QMQP_H

#include "lib/io/net.h"
#include "user/spool.h"

#define QMQP_WHY_MAX 512

enum qmqp_result { QMQP_TAKEN, QMQP_LATER, QMQP_NEVER, QMQP_UNSENT, QMQP_UNKNOWN };

struct qmqp_message {
  struct spool *body;
  char const *envelope;         /* F sender NUL, T recipient NUL ... */
  size_t len;
};

struct qmqp_outcome {
  enum qmqp_result result;
  int code;                     /* qmail-queue's (door/submit.h) */
  char why[QMQP_WHY_MAX];       /* the server's words, or ours */
};

/* No wait for the server is longer than seconds, and one for the connection not longer than qmail's. */
extern void qmqp_send(struct net_address const *, struct qmqp_message const *, unsigned int seconds,
                      struct qmqp_outcome *);

#endif
