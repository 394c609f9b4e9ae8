/*
 * rcptcheck.h - asks the site's own program (RCPTCHECK) about a recipient: one process for a session
 *
 * The format is in mail-rcptcheck(5).
 * Its words go to the client. It is never waited for longer than a bound, and whatever it does but answer is temporary;
 * after some such trouble it is not started again in this session.
 */

#ifndef IN_RCPTCHECK_H
#define IN_RCPTCHECK_H

struct rcptcheck_question {
  char const *protocol;         /* ESMTP, SMTP, QMTP */
  char const *helo;
  char const *ip;
  char const *host;             /* "" when unknown */
  char const *sender;
  char const *recipient;
};

/* Null when there is no program or it has nothing against it; else an SMTP reply, good until the next question. */
extern char const *rcptcheck_ask(struct rcptcheck_question const *);

#endif
