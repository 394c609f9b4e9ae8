/*
 * wake.h - how a daemon waits: for descriptors, for signals, for a moment
 *
 * Its signals are blocked for good and come by a descriptor (signalfd(2)) beside the others. So no handler ever runs,
 * none is missed between a look and the wait, and one that came before a record is known when the record is taken.
 */

#ifndef LIB_IO_WAKE_H
#define LIB_IO_WAKE_H

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>

#define WAKE_NEVER LLONG_MAX
#define WAKE_OWN 1              /* entries that wake_poll needs behind those of its caller */

/* From now on these signals (0 ends them) are heard here, whatever was to become of them before, and PIPE is ignored.
   Before the process locks itself in. Ends it with 111 when that fails. */
extern void wake_signals(int const *signals);

/* Waits until one of n descriptors is ready, a signal has come, or io_clock is at the moment; sets revents of all.
   p has room for n + WAKE_OWN. Ends the process with 111 when it cannot wait. */
extern void wake_poll(struct pollfd *p, size_t n, long long until);

/* 1 when the signal has come since this was asked last. */
extern int wake_heard(int sig);

/* In a copy of the process that lives on: it hears none. They stay blocked. */
extern void wake_leave(void);

/* There: but for TERM, which ends it from now on. */
extern void wake_obey_term(void);

/* In a copy that becomes a program: signals as that expects them, none blocked and none ignored. */
extern void wake_reset(void);

#endif
