/*
 * outcome.h - what became of the recipients of a job so far
 *
 *      OUTCOME_OPEN    no host has settled it: text tells the last temporary trouble
 *      OUTCOME_CLOSED  settled: delivered, refused, or not to be tried at another host now
 */

#ifndef REMOTE_OUTCOME_H
#define REMOTE_OUTCOME_H

#include "door/job.h"
#include "door/report.h"
#include "lib/io/packet.h"
#include "remote/address.h"

struct outcome_rcpt {
  enum { OUTCOME_OPEN, OUTCOME_CLOSED } state;
  enum result result;
  int due;                              /* still to be asked of this host, in a transaction to come */
  int asked, accepted;                  /* in the transaction under way: takes part, RCPT was granted */
  int first;                            /* its turn is before that of the others */
  int told;                             /* has a result of this host */
  int unasked;                          /* taken by a host that was not asked to report on it (door/report.h) */
  int before;                           /* how many words there are of hosts before */
  char const *path;                     /* for RCPT TO */
  char text[TEXT_MAX + 1];              /* of the host that is asked now */
};

/* Of the hosts before: the best word, and another host's. */
struct outcome_before {
  char best[TEXT_MAX + 1], other[TEXT_MAX + 1];
};

/* A job's addresses come in one record; each may get a domain, and be quoted (address.h). */
#define OUTCOME_PATHS (2 * (PACKET_MAX + JOB_RCPTS_MAX * 256) + JOB_RCPTS_MAX * 8)

/* What most jobs do not use lies apart, so that each recipient costs little memory: most processes do one job. */

struct outcome {
  uint32_t n;
  uint32_t from, to;                    /* those of them that the calls below mean: all, or one at a time */
  int fruitless;                        /* the transaction broke off before anybody got an answer */
  struct outcome_rcpt rcpt[JOB_RCPTS_MAX];
  struct outcome_before before[JOB_RCPTS_MAX];
  size_t paths_used;
  char paths[OUTCOME_PATHS];
};

/* All n are meant, and open, with a temporary result. */
extern void outcome_start(struct outcome *, uint32_t n);
extern unsigned int outcome_open(struct outcome const *);
/* Keeps a copy of its path. 0, or -1: there is no room, which the paths of one job do not come to. */
extern int outcome_path(struct outcome *, uint32_t i, char const *path);

/* A temporary result leaves a recipient open, any other closes it. */
extern void outcome_set(struct outcome *, uint32_t i, enum result, char const *text);
/* The same for all that are open. */
extern void outcome_set_open(struct outcome *, enum result, char const *text);

/* Begins with a host: the open ones are due, and what the host before said of them is kept. In the end the best word
   counts: an answer rather than trouble on the way, and that rather than no connection; of equals the first. */
extern void outcome_begin(struct outcome *);
/* Begins a transaction: up to max of those that are due take part. How many do. */
extern unsigned int outcome_ask(struct outcome *, uint64_t max);
/* A temporary result for one that had its turn, but shall have another one in the next transaction. */
extern void outcome_put_off(struct outcome *, uint32_t i, char const *text);
/* The transaction came to nothing: those that took part and have no result of this host are due again; first, and by
   themselves, those whose RCPT was granted, so that none of the others can hold them up for ever. After a fruitless one
   those from any place on are first: a row of recipients over whom the host falls silent would hold up who is
   behind. */
extern void outcome_again(struct outcome *);
/* The answers in this transaction were to something else: those that took part are open, without a result. */
extern void outcome_recall(struct outcome *);
/* How many are due. */
extern unsigned int outcome_due(struct outcome const *);
/* A result for the open ones that take part or are due, who are due no more. */
extern void outcome_set_all(struct outcome *, enum result, char const *text);
/* The same for those of them that have no result of this host yet. */
extern void outcome_set_untold(struct outcome *, enum result, char const *text);
/* Closes those that RCPT accepted, whatever the result. */
extern void outcome_close_accepted(struct outcome *, enum result, char const *text);
/* Closes those that take part and have no result of this host, when the session ended, as why tells, between the
   message and its answer: it may have been taken, and another host would make two of it. */
extern void outcome_close_unknown(struct outcome *, char const *why);

/* Its texts stay until the next call of anything here. */
extern void outcome_report(struct outcome *, struct report *, uint32_t number);

#endif
