/*
 * trigger.h - the door from mail-queued to mail-send: the fifo queue/lock/trigger
 *
 * Who fears whom: mail-send fears the fifo's writers; an ID it knows already, or one that has no envelope,
 * is passed over, and what is no ID only makes it look for itself. A record is an ID and a newline, so one
 * write is one record. When the fifo is full the ID is not written: mail-send scans todo/ when it finds it
 * half full.
 */

#ifndef DOOR_TRIGGER_H
#define DOOR_TRIGGER_H

#include <stddef.h>

#include "lib/msg/id.h"

#define TRIGGER_PATH "queue/lock/trigger"       /* below the home */

/* Writes an ID. Never blocks, never fails: mail-send's own scan is the safety net. */
extern void trigger_pull(int fd, char const *id);

struct trigger {
  char buf[ID_MAX + 1];         /* the beginning of a record whose end has not come */
  size_t used;
};

/* Takes bytes read from the fifo; calls found for each sound ID. Returns 1 when something was no ID. */
extern int trigger_feed(struct trigger *, char const *, size_t len, void (*found)(char const *id));

#endif
