/*
 * qargs.h - mail-q's command line
 *
 * A mistake ends the program with 100, and words that say what is right.
 */

#ifndef USER_QARGS_H
#define USER_QARGS_H

#include "door/ask.h"

enum qword {
  Q_LIST, Q_SHOW, Q_HOLD, Q_RELEASE, Q_RETRY, Q_EXPIRE, Q_DELETE, Q_HOLD_DOMAIN, Q_RELEASE_DOMAIN, Q_RETRY_DOMAIN,
  Q_DOMAINS
};

struct qargs {
  enum qword word;
  char const *name;             /* of the word */
  struct ask_request request;   /* without IDs and domain */
  char const **operand;         /* IDs, or parts of them; domains */
  uint32_t operands;
  int has_select;               /* it selects messages */
  int json, postfix, header, message, raw, dry_run, yes, quiet;
};

extern void qargs_read(struct qargs *, int argc, char **argv);

/* Is it an ID, or what can be a part of one? */
extern int qargs_id(char const *);

/* What is called by these words changes the queue. */
#define q_orders(w) ((w) >= Q_HOLD && (w) <= Q_RETRY_DOMAIN)
#define q_domains(w) ((w) >= Q_HOLD_DOMAIN && (w) <= Q_RETRY_DOMAIN)

#endif
