/*
 * turns.h - who is next: the order of destinations and of groups, and what a delivery's beginning and end change
 *
 * Messages with few recipients left go before those with many, new mail before retries, but of eight turns two are for
 * many and two for retries, so that all go on. Classes come first, then destinations take turns, then groups, and a
 * message with many recipients holds up nobody. A destination that has just been reported on is asked again at once, up
 * to STREAK_MAX times, so that mail-rspawn can go on in the same session. Retries get at most three quarters of a
 * channel.
 */

#ifndef SEND_TURNS_H
#define SEND_TURNS_H

#include "send/destination.h"

#define STREAK_MAX 20

extern void turns_queue(struct group *);
extern void turns_unqueue(struct group *);
/* The group whose turn it is, taken out of its queue; null when no limit has room. */
extern struct group *turns_pick(enum channel, long long now);
/* Puts it back where it was. */
extern void turns_unpick(struct group *);

extern void turns_started(struct group const *, uint32_t number, long long now);
extern void turns_ended(struct group const *, struct ending const *, long long now);
/* mail-lspawn has spoken of a user: busy, or one of that user's deliveries has ended, in whatever line it stood. */
extern void turns_busy(struct destination *, int busy, long long now);

/* Those whose hold is over go on. When the next one's is; 0: none is held. */
extern void turns_wake(long long now);
extern long long turns_next_wake(void);

/* Dead hosts are to be tried again; those of one. */
extern void turns_renew(void);
extern void turns_renew_one(struct destination *);
/* An operator wants messages tried now; one of them is for this destination: if it has been found dead since before
   that, it is to be tried again. */
extern void turns_want(void);
extern void turns_wanted(struct destination *);
/* Settings have changed. */
extern void turns_changed(void);

#endif
