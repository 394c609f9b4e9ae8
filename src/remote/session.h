/*
 * session.h - one session with one host: connection, buffers, what the host offers, the SMTP or LMTP reply read last
 *
 *      state           fd      after
 *      none            -1      session_drop, session_quit, a broken read
 *      open            >= 0    session_open; greeting and EHLO are hello.h's
 *      cut             >= 0    a broken write: nothing is sent any more, but what the host said is still read
 *
 * Nothing here knows messages. A wait is bounded by the step's own time (RFC 5321 section 4.5.3.2), by
 * control/timeoutremote, and by the deadline of the job.
 */

#ifndef REMOTE_SESSION_H
#define REMOTE_SESSION_H

#include <stdint.h>

#include "door/report.h"
#include "lib/conf/tlspolicy.h"
#include "lib/io/netreply.h"
#include "lib/smtp/keyword.h"
#include "lib/smtp/reply.h"
#include "remote/route.h"
#include "remote/smtpauth.h"
#include "remote/told.h"

#define SESSION_IN 65536        /* replies that come while we still send: to a pipelined job at most about 50 kB */
#define SESSION_OUT 131072

/* seconds to wait for an answer */
enum session_wait { WAIT_GREETING = 300, WAIT_EHLO = 300, WAIT_RSET = 300, WAIT_MAIL = 300, WAIT_RCPT = 300,
                    WAIT_DATA = 120, WAIT_AUTH = 300, WAIT_BLOCK = 180, WAIT_END = 600 };

struct session {
  int fd;
  enum protocol protocol;
  unsigned int offered;         /* EXT_ of lib/smtp/keyword.h */
  unsigned int mechanisms;      /* of AUTH, bits 1 << MECHANISM_ (lib/conf/login.h) */
  uint64_t size_max;            /* with EXT_SIZE: bytes of a message, 0: not told */
  uint64_t rcpt_max, mail_max;  /* with EXT_LIMITS: recipients of a transaction, transactions; 0: not told */
  unsigned int messages;        /* transactions begun in this session */
  int need_reset;               /* the last transaction did not come to its end */
  int closed;                   /* the host ended it, instead of a reply */
  int cut;                      /* nothing can be sent any more; why tells the reason */
  int quiet;                    /* the host has nothing to answer now: what it says ends the sending */
  int surplus;                  /* the host said more than it was asked: one more message at most, by DATA */
  int spent;                    /* it gets no more: it was told that this is the end */
  struct tlspolicy policy;      /* of the host (remote/policy.h) */
  struct login const *whose;    /* it was opened for this login, or for none */
  int encrypted, verified;      /* it goes by TLS; the certificate is as the policy demands */
  char tls[REPORT_TLS_MAX + 1]; /* as a report has it */
  char relay[REPORT_RELAY_MAX + 1];     /* "host[address]:port", or the path of a socket */
  char name[TOLD_NAME_MAX];     /* the same for texts (remote/told.h) */
  char why[TEXT_MAX + 1];       /* status and text of what broke, for the one who asks */
  struct reply reply;
  int no_chunk;                 /* it offers BDAT, but does not know it: so for all its sessions from now on */
  /* set once by the program */
  char const *helo;
  unsigned int timeout_remote;  /* seconds */
  /* set for each job */
  long long deadline;
  char const *domain;           /* of its recipients */
  struct login *login;          /* for its sender, or null */
  unsigned int broken;          /* sessions that came to nothing over recipients (transaction.c) */
  /* buffers */
  size_t in_at, in_len, out_len;
  char in[SESSION_IN], out[SESSION_OUT];
};

/* The host that the session is, or would have been, with. */
extern void session_host(struct session *, struct target const *);
/* The host offers nothing, as before EHLO and in QMTP. */
extern void session_offer_none(struct session *);

/* Takes a connection of which nothing has been read. */
extern void session_open(struct session *, int fd, struct target const *);

/* Adds bytes to what is to be sent; sends when the buffer is full. 1, or 0 when the session is cut (why is set): the
   last words are there to be read. */
extern int session_put(struct session *, char const *, size_t len);
extern int session_text(struct session *, char const *, ...) __attribute__((sentinel));
/* Sends all. The same results. */
extern int session_flush(struct session *);
/* Reads the next reply; its code, or 0 when the session broke. what names the command for why. The session is over
   after one that is too long. */
extern unsigned int session_reply(struct session *, enum session_wait, char const *what);

/* The same for an answer of QMTP. 1, or 0 when the session broke. */
extern int session_netreply(struct session *, struct netreply *, enum session_wait, char const *what);

/* The reply as a result's text: "STATUS host[address]:port answered WHAT: 550 ...". */
extern void session_said(struct session const *, char const *what, char text[TEXT_MAX + 1]);
/* The same with the status class of a result, or a bounce would tell two stories. */
extern void session_tell(struct session const *, char const *what, enum result, char text[TEXT_MAX + 1]);

/* Has the host said something that nobody has read? Empty lines are nothing. */
extern int session_unread(struct session *);

/* Is an idle session still good? One that the host has closed, or where it says something unasked, is not. */
extern int session_alive(struct session *);

/* Ends a session that is out of step: why quotes the reply that was read last, which is no answer to what. */
extern void session_out_of_step(struct session *, char const *what);

/* Have the answers so far been those to what was asked? Reads what was said beyond them (surplus is set) or, where
   there is nothing, NOOP's answer: a success, that the host does not know it, or that it leaves. 1; 0: out of step. */
extern int session_in_step(struct session *, char const *what);

/* The same, for sure, at the cost of the session: nothing may come before the reply to QUIT, which is like no other, or
   before the end of the connection. For QMTP, which has no such word: before the host ends it, as it does when we have,
   or for some seconds. */
extern int session_over_in_step(struct session *, char const *what);

extern void session_drop(struct session *);
/* Says QUIT, waits a moment for the answer, closes. */
extern void session_quit(struct session *);

#endif
