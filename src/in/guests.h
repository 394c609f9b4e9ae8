/*
 * guests.h - the connections of a dispatcher: which have been silent for long, and must go when their place is needed
 *
 * A session has a copy of its connection's descriptor; the one here is to ask the kernel how long the client is silent,
 * since no session is trusted for that, and to cut off who does not go.
 *
 *      state           next
 *      served          told, when it has been silent longest and ROOM_SILENCE at least
 *      told            its session ends it after what is under way; cut when its client is silent for ROOM_GRACE more
 *      cut             its session is at its end; lost when that is not heard within ROOM_GRACE
 */

#ifndef IN_GUESTS_H
#define IN_GUESTS_H

#include "in/admission.h"

#define GUESTS_MAX ADMISSION_CONNECTIONS        /* places: 0 and on */
#define GUESTS_NOBODY (-1U)

/* Once. 0, or -1 with errno. */
extern int guests_start(void);

/* Takes one in, at a place that is free. 1, or 0 when the place is taken or is none. The descriptor is its own then. */
extern int guests_add(unsigned int place, int fd);

/* It is over: the descriptor is closed. */
extern void guests_remove(unsigned int place);

/* 1 when there is one. */
extern int guests_any(void);

/* Who has to go: its place, and it counts as told; or GUESTS_NOBODY. */
extern unsigned int guests_longest_silent(void);

/* One whose session does not say that it is over, though it must be: its place; or GUESTS_NOBODY. Before guests_cut. */
extern unsigned int guests_lost(void);

/* Cuts off who was told and has not gone. When to look again (io_clock), or WAKE_NEVER. */
extern long long guests_cut(void);

#endif
