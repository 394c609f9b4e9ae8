/* census.c - see census.h */

#include <string.h>

#include "send/census.h"
#include "lib/io/io.h"
#include "lib/io/large.h"

#define TELL_MS 15000
#define REPEAT_MS 3600000       /* for a reader that began later */
#define HOURS 32768
#define MINUTES (256 * 60)

static int const state_of[PLACES] = {
  [PLACE_HAND] = -1, [PLACE_NEW] = METRICS_NEW, [PLACE_LOT] = METRICS_DUE, [PLACE_TIMED] = METRICS_WAITING,
  [PLACE_LOADED] = METRICS_UNDERWAY, [PLACE_HELD] = METRICS_HELD, [PLACE_STUCK] = METRICS_DAMAGED,
  [PLACE_DONE] = METRICS_DONE, [PLACE_CLEAN] = METRICS_DONE, [PLACE_GONE] = -1,
};

/* Rings: what is not used takes no memory. */
static LARGE struct {
  uint32_t n;
  uint32_t first;               /* hour before which there is none */
  uint32_t hour[HOURS], minute[MINUTES];
} state[METRICS_STATES];

static void count(int s, uint32_t minute, uint32_t one)
{
  uint32_t hour = minute / 60;

  if (s == -1) return;
  if (!state[s].n || hour < state[s].first) state[s].first = hour;
  state[s].n += one;
  state[s].hour[hour % HOURS] += one;
  state[s].minute[minute % MINUTES] += one;
}

int census_state(enum place p, int held)
{
  return held && (p == PLACE_NEW || p == PLACE_LOT) ? METRICS_HELD : state_of[p];
}

void census_move(uint32_t minute, int from, int to)
{
  count(from, minute, -1u);
  count(to, minute, 1);
}

static uint32_t oldest(int s)
{
  uint32_t minute, end;

  if (!state[s].n) return 0;
  while (!state[s].hour[state[s].first % HOURS]) state[s].first++;
  minute = state[s].first * 60;
  for (end = minute + 60; minute < end; minute++)
    if (state[s].minute[minute % MINUTES]) return minute;
  return state[s].first * 60;
}

void census_take(struct census all[METRICS_STATES])
{
  int s;

  for (s = 0; s < METRICS_STATES; s++) all[s] = (struct census){ state[s].n, oldest(s) };
}

int census_due(struct census now[METRICS_STATES])
{
  static struct census told[METRICS_STATES];
  static long long at;

  if (at && io_clock() - at < TELL_MS) return 0;
  census_take(now);
  if (at && io_clock() - at < REPEAT_MS && !memcmp(now, told, sizeof told)) return 0;
  memcpy(told, now, sizeof told);
  at = io_clock();
  return 1;
}
