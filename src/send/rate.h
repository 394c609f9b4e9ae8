/*
 * rate.h - how often something happened in the last minute
 *
 * A minute is 30 slots of two seconds, and the slot that it began in counts too: so in no 60 seconds, wherever they
 * begin, is there more than was allowed, and it costs no list of times. Times are those of io_clock; one that goes
 * back counts as standing still.
 */

#ifndef SEND_RATE_H
#define SEND_RATE_H

#include <stdint.h>

#define RATE_SLOT_MS 2000
#define RATE_SLOTS 31
#define RATE_MAX 60000          /* a minute: as many as a slot can count */

enum rate_kind { RATE_MESSAGES, RATE_CONNECTIONS, RATES };

struct rate {
  long long at;                 /* number of the newest slot */
  uint16_t slot[RATE_SLOTS];
};

extern void rate_add(struct rate *, long long now);
/* Takes the newest one back. */
extern void rate_take(struct rate *);
extern uint32_t rate_sum(struct rate *, long long now);
/* 0 when there may be one more now (with max 0 always), else the time from which on there may. */
extern long long rate_until(struct rate *, uint32_t max, long long now);

#endif
