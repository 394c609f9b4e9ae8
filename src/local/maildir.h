/* maildir.h - deliver into a Maildir; hides its names and the order of syncs */

#ifndef LOCAL_MAILDIR_H
#define LOCAL_MAILDIR_H

#include "local/delivery.h"

/* Returns when the message is durable in new/; else ends the process, temporarily, with nothing left in new/. */
extern void maildir_deliver(struct delivery const *, char const *dir);

#endif
