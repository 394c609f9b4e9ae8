/*
 * store.h - one message on its way into the queue: mess/HH/ID, tmp/ID, todo/HH/ID
 *
 *      state           made by         files                           after a crash here
 *      nothing         store_drop      -
 *      receiving       store_begin     mess/ID, locked                 an orphan (orphan.h)
 *      placing         store_place     mess/ID, tmp/ID, both synced    two orphans
 *      placed          store_place     mess/ID, todo/ID                queued or an orphan: no caller was told
 *      queued          store_settle    the same, directories synced    queued
 *
 * Any error at all is a fault and ends in nothing. No sync is tried a second time: after one that failed the
 * kernel may call lost pages clean.
 */

#ifndef QUEUE_STORE_H
#define QUEUE_STORE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/msg/id.h"
#include "queue/fault.h"
#include "queue/hash.h"

struct store {
  char id[ID_MAX + 1];
  int fd;               /* mess/HH/ID, locked; -1: nothing */
  uint64_t bytes;       /* given so far */
  uint32_t crc;         /* of them */
  struct hash dir;      /* stays from message to message */
  char const *at;       /* "mess", "tmp" or "todo": where what is being done may fail, for the log */
  size_t used;
  char buf[65536];      /* given, but not yet written */
};

/* Once, before the first message. */
extern void store_start(struct store *);

/* Makes the file. explicit: "" for a new ID, or mail-bounce's. 1 go on, 0 that ID is queued already (and
   durable), -1 with the fault set. */
extern int store_begin(struct store *, char const *explicit, struct fault *);

extern void store_data(struct store *, char const *, size_t len, struct fault *);

/* Puts it where mail-send may take it, with records that envelope_records_ok has passed. After a fault the state is
   nothing. */
extern void store_place(struct store *, uid_t, char const *records, size_t len, struct fault *);

/* Makes last what was placed. Without a fault afterwards it is queued; in both cases the state is then nothing. */
extern void store_settle(struct store *, struct fault *);

/* Removes what there is, in any state. */
extern void store_drop(struct store *);

#endif
