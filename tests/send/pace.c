/* pace.c - how many at a time, and connections in a minute, for simulated destinations */

#include <string.h>

#include "unit.h"
#include "send/pace.h"

#define MAX 10

/* A destination with as many deliveries under way as it may have. */
static struct pace p;
static uint32_t number, open[1000], flights;
static long long now;

static void reset(void)
{
  memset(&p, 0, sizeof p);
  flights = 0;
  now = 1000000;
}

static void begin(uint32_t max)
{
  open[flights++] = ++number;
  pace_started(&p, number, flights, max, now);
}

static void fill(uint32_t max)
{
  while (flights < pace_limit(&p, max)) {
    begin(max);
  }
}

/* The oldest one ends. */
static void end(struct ending e, uint32_t max)
{
  e.number = open[0];
  e.spoke = 1;
  pace_ended(&p, &e, flights, max, now);
  memmove(open, open + 1, --flights * sizeof open[0]);
}

static void good(int n)
{
  for (; n; n--) {
    fill(MAX);
    end((struct ending){ .good = 1 }, MAX);
  }
}

static void slow(void)
{
  end((struct ending){ .slow = 1 }, MAX);
}

static void growth(void)
{
  uint32_t i;

  reset();
  check("starts low", pace_limit(&p, MAX) == PACE_START && pace_limit(&p, 3) == 3);
  good(2);
  check("one more for each at first", pace_limit(&p, MAX) == PACE_START + 2);
  good(50);
  check("up to the setting", pace_limit(&p, MAX) == MAX && p.limit == MAX);
  reset();
  fill(MAX);
  for (i = 0; i < 3; i++) end((struct ending){ .good = 1 }, MAX);
  check("whether they end together or not", pace_limit(&p, MAX) == PACE_START + 3);
  reset();
  for (i = 0; i < 50; i++) {
    begin(MAX);
    end((struct ending){ .good = 1 }, MAX);
  }
  check("not while the limit is not used", pace_limit(&p, MAX) == PACE_START);
  fill(MAX);
  end((struct ending){ .good = 0 }, MAX);
  check("nor by what is neither good nor slow", pace_limit(&p, MAX) == PACE_START);
}

static void halving(void)
{
  int i;

  reset();
  good(50);
  fill(MAX);
  slow();
  check("half", pace_limit(&p, MAX) == 5);
  for (i = 0; i < 9; i++) slow();
  check("once a round", pace_limit(&p, MAX) == 5 && !flights);
  fill(MAX);
  slow();
  check("the next round", pace_limit(&p, MAX) == 2);
  for (i = 0; i < 4; i++) end((struct ending){ .good = 1 }, MAX);
  check("good ones from before do not count", pace_limit(&p, MAX) == 2 && !p.good);
  for (i = 0; i < 5; i++) {
    fill(MAX);
    while (flights) slow();
  }
  check("one at least", pace_limit(&p, MAX) == 1);
}

static void recovery(void)
{
  good(1);
  check("recovers", pace_limit(&p, MAX) == 2);
  good(2);
  check("by one a round", pace_limit(&p, MAX) == 3);
  good(2);
  check("not faster", pace_limit(&p, MAX) == 3);
  good(200);
  check("to where it was", pace_limit(&p, MAX) == MAX);
  check("a lower setting holds at once", pace_limit(&p, 4) == 4);
  fill(MAX);
  end((struct ending){ .slow = 1 }, 4);
  check("and is what is halved", pace_limit(&p, MAX) == 2);
}

static void numbers_run_over(void)
{
  reset();
  number = UINT32_MAX - 12;
  good(8);
  fill(MAX);
  slow();
  check("before", pace_limit(&p, MAX) == 5);
  while (flights) slow();
  fill(MAX);
  slow();
  check("after", pace_limit(&p, MAX) == 2 && number < 100);
}

static uint32_t connections(void)
{
  return rate_sum(p.rate + RATE_CONNECTIONS, now);
}

static void sessions(void)
{
  reset();
  p.max[RATE_CONNECTIONS] = 3;
  begin(MAX);
  check("a first one is expected to connect", connections() == 1 && !pace_hold(&p, now));
  end((struct ending){ .good = 1, .connected = 1 }, MAX);
  check("and did", connections() == 1 && p.spare == 1);
  begin(MAX);
  check("the next one takes its session", connections() == 1 && !p.spare);
  begin(MAX);
  begin(MAX);
  check("others do not", connections() == 3 && pace_hold(&p, now) > now);
  end((struct ending){ .good = 1 }, MAX);
  check("one that ends lets another go on", !pace_hold(&p, now));
  end((struct ending){ .good = 1 }, MAX);
  end((struct ending){ .good = 1 }, MAX);
  check("what was not made is taken back", connections() == 1 && !p.expected && !flights);
  now += PACE_SPARE_MS;
  check("sessions do not stay", !pace_hold(&p, now));
  begin(MAX);
  check("so it is expected again", connections() == 2 && !p.spare);
  end((struct ending){ .good = 1, .connected = 1 }, MAX);
  begin(MAX);
  end((struct ending){ .good = 1, .connected = 1 }, MAX);
  check("one that nobody expected counts", connections() == 3);
  begin(MAX);
  end((struct ending){ .slow = 1 }, MAX);
  check("a host that said goodbye leaves no session", !p.spare && pace_hold(&p, now) > now);
  now += 70000;
  check("a minute later all is forgotten", !connections() && !pace_hold(&p, now));
}

static void messages(void)
{
  int i;

  reset();
  p.max[RATE_MESSAGES] = 20;
  for (i = 0; i < 20; i++) {
    check("may go", !pace_hold(&p, now));
    begin(MAX);
    end((struct ending){ .good = 1 }, MAX);
  }
  check("held, session or not", pace_hold(&p, now) > now && pace_hold(&p, now) <= now + 62000);
  check("held until then", pace_hold(&p, pace_hold(&p, now) - 1) && !pace_hold(&p, pace_hold(&p, now)));
}

int main(void)
{
  growth();
  halving();
  recovery();
  numbers_run_over();
  sessions();
  messages();
  return unit_end();
}
