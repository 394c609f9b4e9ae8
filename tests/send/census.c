/* census.c - the census agrees with a count of all, however messages move and whenever they came */

#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "send/census.h"
#include "lib/io/log.h"

#define MANY 3000
#define START 29000000u         /* minutes since 1970 */

static struct {
  uint32_t minute;
  enum place place;
  int held;
} mail[MANY];

static int const state_of[PLACES] = {
  [PLACE_HAND] = -1, [PLACE_NEW] = METRICS_NEW, [PLACE_LOT] = METRICS_DUE, [PLACE_TIMED] = METRICS_WAITING,
  [PLACE_LOADED] = METRICS_UNDERWAY, [PLACE_HELD] = METRICS_HELD, [PLACE_STUCK] = METRICS_DAMAGED,
  [PLACE_DONE] = METRICS_DONE, [PLACE_CLEAN] = METRICS_DONE, [PLACE_GONE] = -1,
};

/* step: minutes that an arrival is true to */
static int agrees(uint32_t step)
{
  struct census want[METRICS_STATES] = { { 0, 0 } }, have[METRICS_STATES];
  int i;

  for (i = 0; i < MANY; i++) {
    int s = mail[i].held && (mail[i].place == PLACE_NEW || mail[i].place == PLACE_LOT) ? METRICS_HELD
            : state_of[mail[i].place];
    if (s == -1) continue;
    if (!want[s].n++ || mail[i].minute < want[s].oldest) want[s].oldest = mail[i].minute;
  }
  census_take(have);
  for (i = 0; i < METRICS_STATES; i++) {
    want[i].oldest /= step;
    have[i].oldest /= step;
  }
  return !memcmp(want, have, sizeof have);
}

static void to(int i, enum place place, int held)
{
  census_move(mail[i].minute, census_state(mail[i].place, mail[i].held), census_state(place, held));
  mail[i].place = place;
  mail[i].held = held;
}

/* Arrivals lie within so many minutes. */
static int moves(uint32_t within, uint32_t step)
{
  int i, good = 1;

  for (i = 0; i < MANY; i++) {
    mail[i].minute = START + (uint32_t)random() % (i % 2 ? 600 : within);
    mail[i].place = PLACE_HAND;
    mail[i].held = 0;
  }
  for (i = 0; i < 40000; i++) {
    to((int)(random() % MANY), (enum place)(random() % PLACES), random() % 4 == 0);
    if (i % 1000 == 0) good = good && agrees(step);
  }
  for (i = 0; i < MANY; i++) to(i, PLACE_HELD, 0);
  good = good && agrees(step);
  for (i = 0; i < MANY; i++) to(i, PLACE_GONE, 1);
  return good && agrees(1);
}

int main(void)
{
  log_name("census");
  srandom(7);
  check("nothing is there", agrees(1));
  check("while those of ten days move at random", moves(15000, 1));
  check("while those of two years do", moves(1000000, 60));
  to(0, PLACE_NEW, 0);
  check("one has come since", agrees(1));
  return unit_end();
}
