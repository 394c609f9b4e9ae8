/*
 * gate.h - may this address have this message? One answer for SMTP and QMTP
 *
 * Hides the rules' order and the connection to mail-lookup. Refusals are SMTP replies, "550 5.1.1 words": the first
 * digit tells whether trying again makes sense, what follows the first blank is good for any protocol.
 */

#ifndef IN_GATE_H
#define IN_GATE_H

#include "in/dnscheck.h"
#include "in/peer.h"
#include "in/rules.h"
#include "lib/addr/path.h"

struct gate {
  struct rules const *rules;
  struct peer const *peer;
  char const *protocol;         /* ESMTP, SMTP, QMTP; with helo for the site's own check of recipients */
  char const *helo;             /* "" when there is none */
  int own;                      /* the caller is no network server's user: a program of this host (sendmail -bs) */
  int known;                    /* the client has logged in: no answer is held back */
  unsigned int wait;            /* seconds to wait for the queue service, and for mail-lookup, to be there */
  int lookup;                   /* socket to mail-lookup, or -1 */
  unsigned int refused;         /* recipients, for good */
  struct dnscheck dns;          /* what was asked of the DNS */
};

/* rules and peer stay the caller's. lookup: a connection to mail-lookup that was kept, or -1. */
extern void gate_start(struct gate *, struct rules const *, struct peer const *, int lookup);
extern void gate_close(struct gate *);

/* Gives its connection away: that, or -1. */
extern int gate_keep(struct gate *);

/* Makes a parsed sender or recipient the address that counts: null, or a refusal. */
extern char const *gate_sender(struct gate const *, struct path *);
extern char const *gate_recipient(struct gate const *, struct path *);

/* Whether mail of that sender may go to that recipient: null, or a refusal. */
extern char const *gate_permits(struct gate *, char const *sender, char const *address);

/* Counts a refusal: milliseconds to hold the answer back. */
extern int gate_count(struct gate *, char const *refusal);

/* So many recipients may be tried, or other things asked, before a message has to be taken. */
extern unsigned int gate_tries(struct gate const *);

/* The refused recipients are used up: the session should end. */
extern int gate_closed(struct gate const *);

#endif
