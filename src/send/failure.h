/*
 * failure.h - the files bounce/HH/ID: what the sender is to be told of recipients, and which bounce tells it
 *
 * That a recipient failed, or what else the sender asked to be told (RFC 3461): delivered, relayed, delayed. Hides
 * the format (mail-state(5)): records with length and checksum, only ever appended. A text is durable before its
 * recipient is marked. A bounce's number is durable, with exactly the recipients that it
 * covers, before it is ordered: the same number always means the same bounce, so that ordering it again after a
 * crash cannot pass over a recipient that failed later.
 */

#ifndef SEND_FAILURE_H
#define SEND_FAILURE_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

#include "door/job.h"
#include "door/limits.h"

struct failure {
  enum action action;
  uint32_t index;               /* of the recipient */
  uint32_t number;              /* of the bounce; 0: none yet */
  uint32_t at;                  /* where in the file its text is */
  uint32_t len;
};

struct failures {
  struct failure *f;            /* in the order of the file */
  uint32_t n, room;
  uint32_t numbered;            /* the first so many have a number */
  uint32_t highest;             /* number */
  uint32_t *latest;             /* for each recipient: 1 + its last place in f, or 0 */
  uint32_t rcpts;
  uint32_t durable;             /* bytes of the file that are whole and durable */
  stralloc pending;             /* records that are not */
  int named;                    /* its directory entry is durable */
};

/* Makes it ready for a message with so many recipients; with_file: reads what is there (no file: nothing). A torn end
   is passed over, and cut off by the next write. 0; -1 with errno; -2 a version not known here. */
extern int failures_open(struct failures *, char const *id, uint32_t rcpts, int with_file);
extern void failures_free(struct failures *);

/* Both only change memory. 0, or -1 with errno. */
extern int failures_add(struct failures *, enum action, uint32_t index, char const *text, size_t len);
extern int failures_number(struct failures *, uint32_t number, uint32_t count);

/* Appends what is pending and makes it durable; its directory is the caller's. 0, or -1 with errno. */
extern int failures_write(struct failures *, char const *id);

/* The text of one that is durable: its length, or 0 when it cannot be read. */
extern size_t failure_text(struct failure const *, char const *id, char text[TEXT_MAX]);

extern void failures_remove(char const *id);

#endif
