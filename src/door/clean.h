/*
 * clean.h - the door between mail-send and mail-clean: messages that are done
 *
 * Who fears whom: mail-clean fears mail-send, which can have any queued message dropped but can name
 * nothing outside the queue: an ID is all that a request holds. mail-send asks for an ID; mail-clean unlinks
 * todo/ID, makes that durable within a second, unlinks mess/ID and answers CLEAN_GONE: then mail-send may
 * remove its own state/ID and bounce/ID. CLEAN_ERROR: nothing is promised, ask again later.
 */

#ifndef DOOR_CLEAN_H
#define DOOR_CLEAN_H

#include <stddef.h>

#include "lib/msg/id.h"

#define CLEAN_RECORD_MAX 64
/* Requests that one sync serves at most: so many need not wait for the second to be over. */
#define CLEAN_BATCH 64

enum clean_word { CLEAN_PLEASE = 'P', CLEAN_GONE = 'G', CLEAN_ERROR = 'E' };

struct clean {
  enum clean_word word;
  char id[ID_MAX + 1];
};

extern size_t clean_pack(struct clean const *, char buf[CLEAN_RECORD_MAX]);
extern int clean_unpack(struct clean *, char const *buf, size_t len);

#endif
