/*
 * rules.h - what this host takes, from whom, and how much of it: the settings and the environment of one session
 *
 * Read once, before the program locks itself in; no change during a session. Who serves several clients gives each a
 * copy, in which the tables and values are the same and the few fields are its own that a rule may set.
 */

#ifndef IN_RULES_H
#define IN_RULES_H

#include <stdint.h>
#include <skalibs/stralloc.h>

#include "in/access.h"
#include "lib/addr/site.h"
#include "lib/conf/control.h"
#include "lib/conf/networks.h"

struct rules {
  struct site site;
  stralloc me;
  stralloc greeting;
  stralloc localiphost;
  stralloc idhost;              /* of submission, as the next two */
  struct networks authclear;    /* who may log in in clear */
  unsigned int mechanisms;      /* a bit for each way to log in (lib/conf/login.h) */
  int protocol;                 /* bits of enum rules_protocol */
  struct control_table badmailfrom;
  struct control_table badmailto;
  struct control_table rcpthosts;
  int has_rcpthosts;            /* the file is there */
  char const *relayclient;      /* null: not set; else what every recipient gets appended */
  uint64_t databytes;           /* 0: no limit */
  unsigned int acceptunknown;
  unsigned int brtlimit;        /* refused recipients that end the session; 0: none do */
  unsigned int greetdelay;
  unsigned int maxrcpt;
  unsigned int sessionbytes;    /* 0: no limit */
  unsigned int sessiontime;
  unsigned int starttls;        /* it may be offered */
  int has_tls;                  /* and there is mail-tlsd, or was once: rules_see_tls */
  unsigned int strictpipelining;
  unsigned int tarpitcount;
  unsigned int tarpitdelay;
  unsigned int timeoutsmtpd;
};

enum rules_verdict {
  RULES_REFUSE,         /* neither ours nor to be relayed */
  RULES_LOCAL,          /* ours: mail-lookup knows whether somebody gets it */
  RULES_RELAY,          /* taken for others; only they know */
  RULES_LATER           /* it cannot be told now */
};

/* each one bit */
enum rules_protocol {
  RULES_SMTP = 1,
  RULES_QMTP = 2,
  RULES_QMQP = 4,       /* clients with RELAYCLIENT may do all, and others nothing: it has no rules but bounds */
  RULES_SUBMISSION = 8, /* with RULES_SMTP: RFC 6409, for who logs in, and nobody else */
  RULES_TLS = 16        /* with that: from the first byte (RFC 8314) */
};

/* Reads what the protocol has of it; the rest stays as it is, and its files are not opened. Null, or the name of what
   cannot be used (errno tells why). Start with all zero. */
extern char const *rules_read(struct rules *, int protocol);

/* 1 when there is mail-tlsd's socket now. One that nobody listens at counts: mail-tlsd may be started later. */
extern int rules_see_tls(void);

/* What a client's rule sets, in its copy. The rule stays the caller's. */
extern void rules_allow(struct rules *, struct access const *);

/* For an address with a domain. */
extern enum rules_verdict rules_rcpt(struct rules const *, char const *address);

extern int rules_bad_sender(struct rules const *, char const *address);
extern int rules_bad_recipient(struct rules const *, char const *address);

#endif
