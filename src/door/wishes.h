/*
 * wishes.h - the door from mail-send, which writes state/wishes, to mail-desk and mail-qread: what operators want
 *
 * Who fears whom: all fear a file that a crash left torn or a disk has damaged; mail-desk and mail-qread fear
 * mail-send. A journal: a line that names the version, then records, only ever appended; of several words about a
 * message or a domain the last one counts. It is replaced by renaming when much of it does not count any more, so a
 * reader has one file. IDs are never used again, so an old record does no harm. In the queue's directory; mail-state(5)
 * has the form.
 */

#ifndef DOOR_WISHES_H
#define DOOR_WISHES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "door/order.h"
#include "lib/msg/idkey.h"

#define WISHES_PATH "state/wishes"
#define WISHES_HEAD "bulkhead wishes 1\n"
#define WISHES_HEAD_LEN (sizeof WISHES_HEAD - 1)
#define WISH_MAX (DESK_ORDER_MAX + 64)  /* bytes of a record */

struct wish {
  int64_t when;                 /* wall clock: when mail-send took the order */
  struct desk_order order;      /* without its number; never DESK_COMMIT */
};

/* The bytes of a record: its length, or 0 when it breaks a bound. */
extern size_t wish_pack(struct wish const *, char buf[WISH_MAX]);

enum wishes_answer {
  WISHES_NONE,                  /* there is no file: nobody wants anything */
  WISHES_READ,
  WISHES_STRANGE,               /* of a version that is not known here: nothing of it is known */
  WISHES_ERROR                  /* errno */
};

struct wishes_found {
  uint32_t records;             /* sound ones */
  uint32_t damaged;             /* places that are not: what is sound behind them counts */
  int64_t end;                  /* bytes up to the end of the last one, at least those of a sound first line */
  int torn;                     /* behind it is the beginning of a record, none of those places: it is being written
                                   now, or a crash has torn it, or its length is damaged */
};

/* Who wants something, since when, and why. */
struct wish_note {
  enum desk_word word;
  int64_t when;
  uid_t uid;
  char *name, *reason;          /* "" where there is none */
};

struct wishes_id {
  unsigned char key[IDKEY_LEN];
  uint32_t note, chain;
};

struct wishes_domain {
  char *name;
  uint32_t note;
};

/* What the journal says, in memory: the last word about each message (also DESK_RELEASE and DESK_RETRY), and the
   domains that are held. Start with all zero. */
struct wishes {
  struct wish_note *note;
  struct wishes_id *id;
  struct wishes_domain *domain;
  uint32_t *bucket;
  uint32_t notes, ids, domains, buckets;
  size_t note_size, id_size, domain_size;       /* for how many there is room */
  struct wishes_found found;
  int bad;                      /* no memory */
};

/* Reads all of state/wishes. WISHES_ERROR: nothing is in it. Free it in any case. */
extern enum wishes_answer wishes_load(struct wishes *);
extern void wishes_free(struct wishes *);

/* The last word about a message; null: there is none. */
extern struct wish_note const *wishes_of(struct wishes const *, char const *id);
/* The hold of a domain, whatever the case of its letters; null: it is not held. */
extern struct wish_note const *wishes_of_domain(struct wishes const *, char const *domain, size_t len);

#endif
