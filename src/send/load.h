/* load.h - the queue's files of one message become a loaded message (message.h) */

#ifndef SEND_LOAD_H
#define SEND_LOAD_H

#include "send/message.h"

enum load {
  LOAD_LOADED,                  /* it is the caller's */
  LOAD_GONE,                    /* it has no envelope any more; its traces are swept by the next scan */
  LOAD_STUCK,                   /* something is damaged, or of an unknown version: told, and left alone */
  LOAD_PARKED,                  /* it has no room in memory now, and waits for that as a number */
  LOAD_TROUBLE,                 /* an error of the system: told, later again */
  LOAD_NO_MEMORY                /* later again, sooner */
};

/* Reads one that is in HAND. It is LOADED afterwards, or in a lot when it was PARKED; only with LOAD_LOADED there is a
   message. */
extern enum load load_message(known, struct message **);

#endif
