/*
 * envelope.h - the door between mail-queued, which writes todo/HH/ID, and mail-open and mail-send, which read it
 *
 * Who fears whom: the readers fear a torn or damaged file, and mail-open fears a broken mail-send, which
 * can read but not write here. Text: a first line with the version, then records of one letter, a value
 * and a NUL:
 *
 *      I id    L bytes of the message    K its CRC-32 (8 hex digits)    U uid that brought it
 *      F sender    T recipient (any number)    Z bytes before this record, blank, their CRC-32 (8 hex digits)
 *
 * A lower-case letter is a parameter of the F or T before it (param.h); readers pass over those they do not know.
 * Z is the last byte sequence of the file; without it the file is torn.
 */

#ifndef DOOR_ENVELOPE_H
#define DOOR_ENVELOPE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <skalibs/stralloc.h>

#include "door/param.h"

struct envelope {
  char *text;           /* the file, in memory of its own */
  size_t len;
  char const *id;
  char const *sender;
  uint64_t bytes;       /* of the message */
  uint32_t crc;         /* of the message */
  uid_t uid;            /* who brought it */
  uint32_t rcpts;
  uint32_t *rcpt;       /* where in text each recipient's address starts */
};

#define envelope_rcpt(e, i) ((e)->text + (e)->rcpt[i])

/* The parameters of the sender (i ENVELOPE_SENDER) or of recipient i, in the envelope's memory. */
#define ENVELOPE_SENDER UINT32_MAX
extern struct param_run envelope_params(struct envelope const *, uint32_t i);

/* The value of one of them; null when it is not there. */
extern char const *envelope_param(struct envelope const *, uint32_t i, char letter);

/* Reads the open file to its end. 1 read; 0 it is not a whole, sound envelope of that id; -1 with errno.
   Only after 1 there is something to free. */
extern int envelope_read(struct envelope *, int fd, char const *id);
extern void envelope_free(struct envelope *);

/* Of the recipients only these n, which are in order, stay in memory, at the places 0 to n-1 of rcpt; rcpts stays what
   it is. 0, or -1: no memory, and nothing has changed. */
extern int envelope_cut(struct envelope *, uint32_t const *keep, uint32_t n);

/* Makes the file's bytes, in place of what text held. records: sender and recipients as F and T records (with
   parameters), already checked by envelope_records_ok. 0, or -1 with errno. */
extern int envelope_make(stralloc *text, char const *id, uint64_t bytes, uint32_t crc, uid_t uid, char const *records,
                         size_t records_len);

/* What a submitter may send as records: one F first, then T records, each of at most ADDRESS_MAX bytes, parameters
   but m anywhere after F. 0 good; 11 an address is too long; 91 anything else (qmail-queue's exit codes). */
extern int envelope_records_ok(char const *records, size_t len);

#endif
