/*
 * params.h - what MAIL and RCPT say behind the path: SIZE, BODY, SMTPUTF8 (RFC 1870, 6152, 6531), and of what the
 * sender asked about reports RET, ENVID, NOTIFY and ORCPT (RFC 3461 section 4)
 *
 * The values came through the queue from whoever sent the message: one that is not of its form is left out.
 */

#ifndef REMOTE_PARAMS_H
#define REMOTE_PARAMS_H

#include "remote/message.h"

/* A message to be sent: what all its transactions have in common. */
struct mail {
  struct message const *message;
  struct job const *job;
  char const *sender;           /* its path: "<>" or "<local@domain>" */
  char const *from;             /* the same as an address: "" or "local@domain" */
  uint64_t rcpts_max;           /* recipients of one transaction */
  unsigned int chunk_max;       /* bytes of a message that goes along with the commands, where CHUNKING is offered */
};

/* Each appends to what the session will send. utf8: the transaction has SMTPUTF8. */
extern void params_mail(struct session *, struct mail const *, int utf8);
extern void params_rcpt(struct session *, struct job_rcpt const *, int utf8);

#endif
