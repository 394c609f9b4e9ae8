/* mbox.h - append to an mbox file; hides locks and the quoting of From lines */

#ifndef LOCAL_MBOX_H
#define LOCAL_MBOX_H

#include "local/delivery.h"

/* Returns when the message is durable in the file; else ends the process, temporarily, with the file as it was. */
extern void mbox_deliver(struct delivery const *, char const *path);

#endif
