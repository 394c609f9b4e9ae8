/*
 * settle.h - making marks and failure texts durable, in one batch at most a second later
 *
 * Order within a batch: texts, the directories of new bounce files, then marks, the directories of new state files.
 * A message whose text or directory could not be synced keeps its marks back and is tried again.
 */

#ifndef SEND_SETTLE_H
#define SEND_SETTLE_H

#include "send/message.h"

/* A delivery of it has ended, and that is on no disk yet. It counts until it is, or the message is gone. */
extern void settle_count(struct message *);
/* Are there so many of those that no more should be ordered? */
extern int settle_full(void);

/* Puts it on the list. urgent: something waits for it. */
extern void settle_add(struct message *, int urgent);
/* Takes it off: it is done or gone. */
extern void settle_drop(struct message *);
/* Milliseconds until the batch is due, or -1 when nothing is on the list. */
extern int settle_wait(void);
/* Runs the batch; message_settled is called for each that is durable. Returns how many are not. */
extern unsigned int settle_run(void);

#endif
