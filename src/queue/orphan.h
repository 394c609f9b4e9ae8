/*
 * orphan.h - removing what writers left that died: mess/HH/ID without todo/HH/ID, and tmp/ID
 *
 * A writer (store.c) makes mess/ID, locks it, makes tmp/ID, renames that to todo/ID, and unlocks mess/ID only after
 * the directories are synced. So whoever holds the lock of mess/ID and sees no todo/ID knows that no writer
 * of ID is alive. One may still stand between making the file and locking it; it finds afterwards that its file
 * has no name any more and starts again with a new ID.
 *
 * That todo/ID is absent now does not yet mean that it is absent after a crash: its removal may not be on the
 * disk. A mess/ID removed too early would then leave an envelope without a message. Hence three steps for a
 * directory: lock the candidates and see that todo/ID is absent; sync todo/HH once; remove them.
 *
 * tmp/ID is made and removed while mess/ID is locked, so it is an orphan when mess/ID is missing or its lock is
 * free. (An ID that mail-bounce names again while its tmp/ID is being removed: the writer's rename fails, a
 * temporary failure.) Neither age nor clock decides anything.
 */

#ifndef QUEUE_ORPHAN_H
#define QUEUE_ORPHAN_H

#include "lib/msg/id.h"
#include "queue/hash.h"

#define ORPHAN_BATCH 64

struct orphans {
  int mode;             /* O_RDONLY or O_WRONLY: how this program may open a message (for the lock alone) */
  unsigned int n;
  struct {
    int fd;             /* mess/HH/ID, locked */
    char id[ID_MAX + 1];
  } held[ORPHAN_BATCH];
};

/* Looks at mess/HH/ID in the directories of its HH. 1: an orphan, and held from now on (at most ORPHAN_BATCH, all
   of one HH); 0: queued, being written, or gone; -1 with errno. */
extern int orphan_hold(struct orphans *, struct hash const *, char const *id);

/* Removes those held and holds none. The number removed, or -1 with errno (then the rest stays). */
extern int orphan_remove(struct orphans *, struct hash const *);

/* Removes tmp/ID if it is an orphan. 1 removed, 0 not, -1 with errno. */
extern int orphan_tmp(char const *id);

#endif
