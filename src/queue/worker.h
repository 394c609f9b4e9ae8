/*
 * worker.h - a process of mail-queued that serves connections: one at a time, and all of one uid (lib/io/workers.h)
 */

#ifndef QUEUE_WORKER_H
#define QUEUE_WORKER_H

#include "queue/caller.h"

/* An order to it; the connection comes along. */
struct worker_order {
  struct caller who;
  struct caller_limits limits;
  unsigned int place;           /* in callers */
};

/* The life of one that is locked in: it ends when the parent closes its side of orders. */
extern _Noreturn void worker_run(int orders, int queue_dir, int trigger);

#endif
