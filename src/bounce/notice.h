/*
 * notice.h - the bounce message: a multipart/report for people and programs (RFC 3462, RFC 3464)
 *
 * Hides MIME. Everything from outside (addresses, texts of other hosts) is made into bounded lines of
 * printable ASCII: other bytes show as \xHH, so that nothing of it can be a field, a part or a control character.
 */

#ifndef NOTICE_H
#define NOTICE_H

#include <skalibs/stralloc.h>

#include "bounce/original.h"
#include "door/job.h"

struct notice {
  char const *id;       /* the bounce's own */
  char const *from;     /* user part of its From */
  char const *host;     /* domain of its From; the name by which this host reports */
  char const *to;       /* whom it is for, as the envelope has it */
  int twice;            /* what failed is a bounce itself */
  struct job const *job;
  struct original const *original;
};

/* Makes the whole message. 0, or -1 with errno (ENOMEM, or no randomness). */
extern int notice_make(stralloc *, struct notice const *);

/* The status of a failure text (RFC 3463): its own leading one of class 5; 4.4.7, delivery time expired, for one of
   class 4, since it was final all the same; else 5.0.0. At most 11 bytes, NUL-terminated. */
extern void notice_status(char status[12], char const *text);

#endif
