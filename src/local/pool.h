/*
 * pool.h - a few processes that look up one address each, so that a look-up that hangs holds up no other
 *
 * They are there while they are needed, and POOL_REST_MS longer: at rest there is none.
 * A name service may hang for minutes (a directory server that is away). A worker that takes longer than
 * POOL_SECONDS is killed and replaced; its question, and one that waited that long for a worker, is answered
 * LOOKUP_LATER.
 *
 *      worker    pid       fd         tag
 *      none      0         -1         -
 *      idle      the pid   its socket -
 *      busy      the pid   its socket of its question, with deadline
 */

#ifndef LOCAL_POOL_H
#define LOCAL_POOL_H

#include <poll.h>
#include <stdint.h>

#include "door/lookup.h"

#define POOL_WORKERS 4
#define POOL_WAITING 256        /* questions that may wait for a worker */
#define POOL_SECONDS 10
#define POOL_REST_MS 5000

struct pool_task {
  uint64_t tag;                 /* the caller's own */
  uint32_t tables;              /* kept.h */
  struct lookup_question q;
};

/* What a worker does with a question; tag is not set there. */
typedef void pool_work(struct pool_task const *, struct lookup_answer *);
/* Where an answer goes. */
typedef void pool_done(struct pool_task const *, struct lookup_answer *);

/* What a new worker does first: keep less than its parent. 0, or -1 with errno. */
typedef int pool_enter(void);

extern void pool_init(pool_enter *, pool_work *, pool_done *);
/* Takes a question; when there is no room, done is called at once with LOOKUP_LATER. */
extern void pool_ask(struct pool_task const *);
/* Questions that are not answered yet. */
extern unsigned int pool_busy(void);

/* For the caller's wake_poll: fills POOL_WORKERS entries, says until when to wait, and afterwards takes answers and
   looks after the deadlines. */
extern void pool_before(struct pollfd *, long long *until);
extern void pool_after(struct pollfd const *);

#endif
