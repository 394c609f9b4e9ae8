/*
 * judge.h - what each answer in a transaction means for whom
 *
 * Answers are matched to commands by their order alone, so that one too many would count for the wrong command. Where
 * an answer cannot be that of its command, no answer of the transaction counts.
 */

#ifndef REMOTE_JUDGE_H
#define REMOTE_JUDGE_H

#include "remote/outcome.h"
#include "remote/params.h"
#include "remote/session.h"

enum kind { RSET, MAIL, RCPT, DATA, MESSAGE };

struct run {
  struct session *s;
  struct mail const *m;
  struct outcome *o;
  int utf8;                     /* the transaction has SMTPUTF8 */
  int mail_ok, stale;
  unsigned int accepted, refused;       /* recipients */
  int broken;                   /* the session ended with a recipient's command */
  int go;                       /* DATA was answered with 354 */
  int reset;                    /* it begins with RSET */
  int chunk;                    /* the message goes along with the commands */
  int sent;                     /* the host may have the whole message */
  int lost;                     /* the session broke before all answers were read, or they made no sense */
  int unasked;                  /* the host spoke before the command that its reply would answer */
};

/* Reads the answer to a command (of RCPT: for recipient i) and acts on it. */
extern void judge(struct run *, enum kind, uint32_t i);

#endif
