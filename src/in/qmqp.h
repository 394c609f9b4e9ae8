/*
 * qmqp.h - QMQP: one message of a client that is trusted, with one answer for all its recipients
 *
 * A request is one netstring that holds netstrings: the message with LF line ends, its sender, each recipient. Nobody
 * is asked who may send to whom, so only clients with RELAYCLIENT set are listened to.
 */

#ifndef IN_QMQP_H
#define IN_QMQP_H

#include "in/entry.h"

extern void qmqp_start(struct entry *, struct visit const *);

/* The whole connection. */
extern void qmqp_run(struct entry *);

#endif
