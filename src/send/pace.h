/*
 * pace.h - how much a destination gets: at a time, by how it fares, and in a minute, by control/ratelimits
 *
 * At a time. The limit starts at PACE_START. While a destination has never asked for less, each good ending raises it
 * by one, so that it doubles with every round of deliveries; afterwards it takes as many good endings as the limit is
 * high. Only those count that were under way when the limit was used up. A slow ending halves it, but those of
 * deliveries that were under way when it was halved say nothing new. It stays between 1 and control/concurrencyperhost.
 *
 * Connections in a minute. Who orders a delivery cannot know whether mail-rspawn has a session open for it. One that
 * has just ended leaves a spare session: the next takes it and counts as no connection; every other one is expected to
 * make one and counts at once. The report says what was true: a connection that was not made is taken back, one that
 * was not expected is added, and so held against what comes.
 */

#ifndef SEND_PACE_H
#define SEND_PACE_H

#include <stdint.h>

#include "send/ending.h"
#include "send/rate.h"

#define PACE_START 5            /* as many as a small site would open by itself; one more round reaches the default */
#define PACE_SPARE_MS 1500      /* a session can be had again for so long: mail-rspawn keeps it 2 seconds */

struct pace {
  uint32_t limit;               /* 0: as at the start */
  uint32_t good;                /* good endings since it last changed */
  int eased;                    /* it was halved at some time */
  int filled;                   /* it was used up at some time */
  uint32_t newest, full, round; /* deliveries: the last that began; that used it up; that began before it was halved */
  struct rate rate[RATES];
  uint32_t max[RATES];          /* in a minute; 0: no limit */
  uint32_t spare, expected;     /* sessions left open; connections counted that no report has confirmed */
  long long spare_until;
};

/* How many at a time, of at most max. */
extern uint32_t pace_limit(struct pace const *, uint32_t max);
/* flights: how many are under way, this one included. */
extern void pace_started(struct pace *, uint32_t number, uint32_t flights, uint32_t max, long long now);
extern void pace_ended(struct pace *, struct ending const *, uint32_t flights, uint32_t max, long long now);
/* 0 when another may start now, else the time from which on one may. */
extern long long pace_hold(struct pace *, long long now);

#endif
