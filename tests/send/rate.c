/* rate.c - a sliding minute, and limits as they are written */

#include "unit.h"
#include "send/rate.h"

static void minute(void)
{
  static long long sent[4000];
  struct rate r = { 0 };
  long long now, start = 123457;
  int i, n = 0, from = 0, worst = 0, until_right = 1;

  /* as much as it lets through, tried every 100 ms for 20 minutes */
  for (now = start; now < start + 1200000; now += 100) {
    long long until = rate_until(&r, 50, now);
    until_right = until_right && (!until || (until > now && until <= now + 62000));
    if (until) continue;
    rate_add(&r, now);
    sent[n++] = now;
  }
  for (i = 0; i < n; i++) {
    while (sent[from] + 60000 <= sent[i]) from++;
    if (i - from + 1 > worst) worst = i - from + 1;
  }
  check("never more in any minute", worst == 50);
  check("and not much less", n >= 950 && n <= 1000);
  check("the time told is near", until_right);
}

static void exact(void)
{
  struct rate r = { 0 };
  long long until;

  check("none is no limit", !rate_until(&r, 0, 5000) && !rate_until(&r, 1, 5000));
  rate_add(&r, 5000);
  until = rate_until(&r, 1, 5000);
  check("until its slot is forgotten", until == 66000);
  check("not a moment before", rate_until(&r, 1, until - 1) == until && !rate_until(&r, 1, until));
  rate_add(&r, until);
  rate_take(&r);
  check("taken back", !rate_until(&r, 1, until) && !rate_sum(&r, until));
  rate_take(&r);
  check("nothing more to take", !rate_sum(&r, until));
}

static void clocks(void)
{
  struct rate r = { 0 };
  int i;

  for (i = 0; i < 5; i++) rate_add(&r, 1000000);
  check("a clock that goes back stands still", rate_sum(&r, 3000) == 5 && rate_until(&r, 5, 3000) == 1062000);
  rate_add(&r, 3000);
  check("and what comes then counts", rate_sum(&r, 1000000) == 6);
  check("a long way forward", !rate_sum(&r, 9000000000000));
  for (i = 0; i < 70000; i++) rate_add(&r, 9000000000000);
  check("a slot does not run over", rate_sum(&r, 9000000000000) == 65535);
}

int main(void)
{
  minute();
  exact();
  clocks();
  return unit_end();
}
