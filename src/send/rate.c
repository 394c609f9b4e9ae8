/* rate.c - see rate.h */

#include <string.h>

#include "send/rate.h"

static void advance(struct rate *r, long long now)
{
  long long n = now / RATE_SLOT_MS;

  if (n <= r->at) return;
  if (n - r->at >= RATE_SLOTS) memset(r->slot, 0, sizeof r->slot);
  else
    while (r->at < n) r->slot[++r->at % RATE_SLOTS] = 0;
  r->at = n;
}

void rate_add(struct rate *r, long long now)
{
  uint16_t *newest;

  advance(r, now);
  newest = r->slot + r->at % RATE_SLOTS;
  if (*newest < UINT16_MAX) ++*newest;
}

void rate_take(struct rate *r)
{
  int i;

  for (i = 0; i < RATE_SLOTS; i++) {
    uint16_t *s = r->slot + (r->at + RATE_SLOTS - i) % RATE_SLOTS;
    if (!*s) continue;
    --*s;
    return;
  }
}

uint32_t rate_sum(struct rate *r, long long now)
{
  uint32_t sum = 0;
  int i;

  advance(r, now);
  for (i = 0; i < RATE_SLOTS; i++) sum += r->slot[i];
  return sum;
}

long long rate_until(struct rate *r, uint32_t max, long long now)
{
  uint32_t sum;
  int i;

  if (!max) return 0;
  sum = rate_sum(r, now);
  if (sum < max) return 0;
  /* slot i, the oldest first, is forgotten i + 1 slots after the newest one began */
  for (i = 0; i < RATE_SLOTS - 1; i++) {
    sum -= r->slot[(r->at + 1 + i) % RATE_SLOTS];
    if (sum < max) break;
  }
  return (r->at + 1 + i) * RATE_SLOT_MS;
}
