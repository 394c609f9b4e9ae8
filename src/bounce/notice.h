/*
 * notice.h - the bounce message: a multipart/report for people and programs (RFC 6522, RFC 3464, RFC 6533)
 *
 * Hides MIME. Everything from outside (addresses, parameters, texts of other hosts) is escaped (escape.h). It may tell
 * of failures, delays and deliveries at once, each recipient with its own Action.
 */

#ifndef BOUNCE_NOTICE_H
#define BOUNCE_NOTICE_H

#include <skalibs/stralloc.h>

#include "bounce/original.h"
#include "door/job.h"

struct notice {
  char const *id;       /* the bounce's own */
  char const *from;     /* user part of its From */
  char const *host;     /* domain of its From; the name by which this host reports */
  char const *to;       /* whom it is for, as the envelope has it */
  int twice;            /* what failed is a bounce itself */
  int global;           /* in UTF-8: the sender asked for SMTPUTF8, and an address has more than ASCII */
  struct job const *job;
  struct original const *original;
};

/* Makes the whole message. 0, or -1 with errno (ENOMEM, or no randomness). */
extern int notice_make(stralloc *, struct notice const *);

/* The status of a text (RFC 3463): its own leading one of the action's class (5 failed, 4 delayed, 2 else), or that
   class and .0.0. A failure of class 4 is 4.4.7, delivery time expired: it was final all the same. At most 11 bytes,
   NUL-terminated. */
extern void notice_status(char status[12], enum action, char const *text);

#endif
