/*
 * param.h - parameters of MAIL and RCPT between the program that took them and the one that uses them
 *
 * A run is any number of records, each of a letter a to z, a value without NUL, and a NUL. The envelope (envelope.h)
 * has one behind each F and T; a job (job.h) carries the same bytes on. Between its two ends, in/parameters.c and the
 * agents, a run is carried on, looked at for form and length alone. (What is the queue's own business is read on the
 * way: mail-queued adds the Message-ID, mail-send reads who is to be told, and logs.) The letters' meaning: param.c.
 */

#ifndef DOOR_PARAM_H
#define DOOR_PARAM_H

#include <stddef.h>

#define PARAM_RUN_MAX 4096      /* bytes of a run; more are refused where a message comes in */

struct param_run {
  char const *s;
  size_t len;
};

extern int param_is(char letter);

/* 1 when it is whole records: letters a to z, values of at most ADDRESS_MAX bytes, together PARAM_RUN_MAX at most. */
extern int param_run_ok(struct param_run);

/* The value of the first record of a sound run with this letter; null, or "", when there is none. */
extern char const *param_get(struct param_run, char letter);
extern char const *param_text(struct param_run, char letter);

enum param_forward {
  PARAM_OURS,           /* local/forward.c has words of its own for the next delivery */
  PARAM_SENDER,         /* what the sender asked for: it goes on while the sender is the same */
  PARAM_MESSAGE         /* a property of the message: it goes on with it */
};

/* Those that programs in .qmail files see as variables (dot-qmail(5)), and what becomes of them when the message is
   forwarded. One without a value is 1 there. */
struct param {
  char letter;          /* 0: the end */
  char of_rcpt;         /* else of the sender */
  char has_value;
  enum param_forward forward;
  char const *name;
};

extern struct param const params_known[];

#endif
