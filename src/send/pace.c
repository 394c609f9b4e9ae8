/* pace.c - see pace.h */

#include "send/pace.h"

uint32_t pace_limit(struct pace const *p, uint32_t max)
{
  uint32_t limit = p->limit ? p->limit : PACE_START;

  return limit < max ? limit : max;
}

/* Numbers of deliveries run over. */
static int up_to(uint32_t number, uint32_t last)
{
  return (int32_t)(number - last) <= 0;
}

static void adapt(struct pace *p, struct ending const *e, uint32_t max)
{
  uint32_t limit = pace_limit(p, max);

  if (p->eased && up_to(e->number, p->round)) return;
  if (e->slow) {
    p->limit = limit > 1 ? limit / 2 : 1;
    p->good = 0;
    p->eased = 1;
    p->round = p->newest;
  }
  else if (e->good && p->filled && up_to(e->number, p->full) && limit < max
           && ++p->good >= (p->eased ? limit : 1)) {
    p->limit = limit + 1;
    p->good = 0;
  }
}

static int has_spare(struct pace *p, long long now)
{
  if (p->spare_until <= now) p->spare = 0;
  return p->spare > 0;
}

void pace_started(struct pace *p, uint32_t number, uint32_t flights, uint32_t max, long long now)
{
  p->newest = number;
  if (flights >= pace_limit(p, max)) {
    p->filled = 1;
    p->full = number;
  }
  rate_add(p->rate + RATE_MESSAGES, now);
  if (has_spare(p, now)) {
    p->spare--;
    return;
  }
  rate_add(p->rate + RATE_CONNECTIONS, now);
  p->expected++;
}

void pace_ended(struct pace *p, struct ending const *e, uint32_t flights, uint32_t max, long long now)
{
  adapt(p, e, max);
  if (e->connected && !p->expected) rate_add(p->rate + RATE_CONNECTIONS, now);
  else if (e->connected) p->expected--;
  if (p->expected >= flights) { /* more than can still come */
    p->expected--;
    rate_take(p->rate + RATE_CONNECTIONS);
  }
  if (!e->spoke || e->slow) return;
  has_spare(p, now);
  p->spare++;
  p->spare_until = now + PACE_SPARE_MS;
}

long long pace_hold(struct pace *p, long long now)
{
  long long messages = rate_until(p->rate + RATE_MESSAGES, p->max[RATE_MESSAGES], now), connections;

  if (!p->max[RATE_CONNECTIONS] || has_spare(p, now)) return messages;
  connections = rate_until(p->rate + RATE_CONNECTIONS, p->max[RATE_CONNECTIONS], now);
  return messages > connections ? messages : connections;
}
