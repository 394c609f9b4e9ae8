/* destination.c - turns, limits, dead hosts, eviction */

#include <stdio.h>
#include <string.h>

#include "unit.h"
#include "send/turns.h"
#include "lib/io/log.h"

static uint32_t number;
static long long clock_now;

static struct group *pick(void)
{
  struct group *g = turns_pick(CHANNEL_REMOTE, clock_now);

  if (!g) return 0;
  g->flights++;
  turns_started(g, ++number, clock_now);
  return g;
}

static void settings(uint32_t remote, uint32_t perhost)
{
  route_settings.concurrency[CHANNEL_REMOTE] = remote;
  route_settings.concurrency[CHANNEL_LOCAL] = 10;
  route_settings.perhost = perhost;
}

static void end(struct group *g, int down, long long now)
{
  struct ending e = { .number = number, .spoke = !down, .down = down, .good = !down, .slow = down,
                      .connected = 1, .reply = "" };

  g->flights--;
  turns_ended(g, &e, now);
}

static void turns(void)
{
  struct group a[3] = { { 0 } }, b[3] = { { 0 } }, *g;
  int i, changes = 0;
  struct destination *last = 0;

  settings(1, 10);
  for (i = 0; i < 3; i++) {
    a[i].d = destination_get(CHANNEL_REMOTE, "a.test", 6);
    b[i].d = destination_get(CHANNEL_REMOTE, "B.Test", 6);
    turns_queue(a + i);
    turns_queue(b + i);
  }
  check("case does not count", destination_find(CHANNEL_REMOTE, "b.tEST", 6) == b[0].d && a[0].d != b[0].d);
  check("nor is another domain there", !destination_find(CHANNEL_REMOTE, "c.test", 6));
  for (i = 0; i < 6; i++) {
    g = pick();
    if (!g) break;
    if (i && g->d != last) changes++;
    last = g->d;
    check("no second one at a time", !pick());
    end(g, 0, 1);
  }
  check("all, one host after the other", i == 6 && changes == 1 && !pick());
}

static void limits(void)
{
  static struct group g[40];
  struct group *got[40];
  int i, n;

  settings(20, 4);
  for (i = 0; i < 40; i++) {
    g[i] = (struct group){ .d = destination_get(CHANNEL_REMOTE, i % 2 ? "x.test" : "y.test", 6), .class = i >= 20 ? CLASS_RETRY : CLASS_FEW };
    turns_queue(g + i);
  }
  check("saturated", destination_saturated(g[0].d, CLASS_FEW) && !destination_room(g[0].d, CLASS_FEW));
  for (n = 0; (got[n] = pick()); n++);
  check("per host", n == 8);
  settings(20, 100);
  g[0].d->pace.limit = g[1].d->pace.limit = 100;
  turns_changed();
  for (; (got[n] = pick()); n++);
  check("per channel", n == 20);
  for (i = 0; i < 20; i++) end(got[i], 0, 1);
  for (i = 0, n = 0; i < 20; i++) n += got[i]->class == CLASS_RETRY;
  check("new ones first, a few retries", n >= 3 && n <= 8);
  for (n = 0; (got[n] = pick()); n++);
  check("retries have a share", n >= 15 && n < 20);
  for (i = 0; i < n; i++) end(got[i], 0, 1);
  while ((got[0] = pick())) end(got[0], 0, 1);
  check("none is left", !channels[CHANNEL_REMOTE].queued[0] && !channels[CHANNEL_REMOTE].queued[CLASS_RETRY]
        && !channels[CHANNEL_REMOTE].flights);
}

/* Few go before many wherever they wait, many go on, and so do retries of both kinds. */
static void classes(void)
{
  static struct group g[CLASSES][40], last;
  struct group *got;
  int c, i, n[CLASSES] = { 0 };
  char name[32];

  settings(1, 10);
  for (c = CLASSES; c-- > 0;)
    for (i = 0; i < 40; i++) {
      size_t len = (size_t)snprintf(name, sizeof name, "%d-%d.test", c == CLASS_FEW ? 0 : c, c == CLASS_FEW ? 0 : i);
      g[c][i] = (struct group){ .d = destination_get(CHANNEL_REMOTE, name, len), .class = (enum class)c };
      turns_queue(g[c] + i);
    }
  for (i = 0; i < 16 && (got = pick()); i++) {
    n[got->class]++;
    end(got, 0, 1);
  }
  check("shares", n[CLASS_FEW] == 8 && n[CLASS_MANY] == 4 && n[CLASS_RETRY] == 2 && n[CLASS_MANY_RETRY] == 2);
  last = (struct group){ .d = destination_get(CHANNEL_REMOTE, "1-39.test", 9), .class = CLASS_FEW };
  turns_queue(&last);
  for (i = 0; i < 30 && (got = pick()) && got != &last; i++) end(got, 0, 1);
  check("the last of few does not wait for many, before it in its own line", got == &last);
  end(&last, 0, 1);
  while ((got = pick())) end(got, 0, 1);
  for (c = i = 0; c < CLASSES; c++) i += (int)channels[CHANNEL_REMOTE].queued[c];
  check("none is left over", !i && !channels[CHANNEL_REMOTE].flights);
}

/* What waits for a destination that has enough under way does not count for its channel. */
static void full(void)
{
  static struct group g[300];
  struct group *got[2];
  int i;

  settings(10, 1);
  for (i = 0; i < 300; i++) {
    g[i] = (struct group){ .d = destination_get(CHANNEL_REMOTE, "full.test", 9) };
    turns_queue(g + i);
  }
  check("while it may have more", channel_saturated(CHANNEL_REMOTE, CLASS_FEW));
  got[0] = pick();
  check("when it may not", got[0] && !pick() && !channel_saturated(CHANNEL_REMOTE, CLASS_FEW)
        && destination_saturated(g[0].d, CLASS_FEW) && !destination_saturated(g[0].d, CLASS_MANY));
  end(got[0], 0, 1);
  check("and then again", channel_saturated(CHANNEL_REMOTE, CLASS_FEW));
  while ((got[0] = pick())) end(got[0], 0, 1);
}

static void dead(void)
{
  struct group g[4] = { { 0 } };
  struct destination *d = destination_get(CHANNEL_REMOTE, "dead.test", 9);
  long long now = 1000;
  int i;

  settings(20, 10);
  for (i = 0; i < 4; i++) g[i].d = d;
  for (i = 0; i < 4; i++) turns_queue(g + i);
  for (i = 0; i < 4; i++) pick();
  for (i = 0; i < 4; i++) end(g + i, 1, now);
  check("dead for a minute, whoever says so", destination_dead(d, now + 59999) && !destination_dead(d, now + 60001));
  now += 60001;
  for (i = 0; i < 4; i++) turns_queue(g + i);
  check("then one goes first", pick() && !pick());
  end(g, 1, now);
  check("twice as long", destination_dead(d, now + 119999) && !destination_dead(d, now + 120001));
  for (i = 0; i < 20; i++) {
    struct group *p;
    now += 3600001;
    p = pick();
    if (!p) break;
    end(p, 1, now);
    turns_queue(p);
  }
  check("an hour at most", i == 20 && destination_dead(d, now + 3599999) && !destination_dead(d, now + 3600001));
  now += 3600001;
  end(pick(), 0, now);
  check("one that talks makes it alive", !destination_dead(d, now) && pick() && pick() && !pick());
  check("it was slow before", destination_limit(d) == 2);
}

/* A destination that may have so many a minute is held, others are not, and what waits for it is told to wait. */
static void rates(void)
{
  static struct control_entry entry[] = { { ".rate.test", 10, "3" }, { "b.rate.test", 11, "0/1" } };
  struct group a[5] = { { 0 } }, b[3] = { { 0 } }, *got[4];
  long long now = clock_now = 10000000;
  int i;

  settings(20, 10);
  route_settings.ratelimits.entries = entry;
  route_settings.ratelimits.n = 2;
  for (i = 0; i < 5; i++) a[i].d = destination_get(CHANNEL_REMOTE, "a.rate.test", 11);
  for (i = 0; i < 4; i++) turns_queue(a + i);
  for (i = 0; i < 3; i++) got[i] = pick();
  check("three, no more", got[2] && !pick() && a[0].d->hold && !destination_resting(a[0].d));
  check("more wait as IDs", destination_saturated(a[0].d, CLASS_FEW) && !destination_room(a[0].d, CLASS_FEW));
  for (i = 0; i < 3; i++) end(got[i], 0, now);
  check("it rests", destination_resting(a[0].d) && turns_next_wake() == a[0].d->hold);
  a[4].d = destination_get(CHANNEL_REMOTE, "c.test", 6);
  turns_queue(a + 4);
  check("another one goes on", pick() == a + 4 && !pick());
  end(a + 4, 0, now);
  clock_now = turns_next_wake() - 1;
  turns_wake(clock_now);
  check("not before its time", !pick() && clock_now >= now + 60000);
  turns_wake(++clock_now);
  check("then again", (got[0] = pick()) && !a[0].d->hold && !destination_resting(a[0].d));
  end(got[0], 0, clock_now);

  for (i = 0; i < 3; i++) b[i].d = destination_get(CHANNEL_REMOTE, "b.rate.test", 11);
  for (i = 0; i < 3; i++) turns_queue(b + i);
  check("one connection", (got[0] = pick()) && !pick());
  end(got[0], 0, clock_now);
  check("its session is used again", (got[0] = pick()) && !pick());
  end(got[0], 0, clock_now);
  clock_now += PACE_SPARE_MS;
  check("while it is there", !b[0].d->hold && !pick() && b[0].d->hold);
  entry[1].value = "0";
  turns_changed();
  check("a new setting", pick());
  end(b + 2, 0, clock_now);
  route_settings.ratelimits.n = 0;
}

static void many(void)
{
  struct group held = { .d = destination_get(CHANNEL_REMOTE, "held.test", 9) };
  char name[32];
  unsigned int i;
  int all = 1;

  turns_queue(&held);
  for (i = 0; i < 20000; i++)
    all = all && destination_get(CHANNEL_REMOTE, name, (size_t)snprintf(name, sizeof name, "%u.test", i));
  check("idle ones make room", all);
  check("used ones stay", destination_find(CHANNEL_REMOTE, "held.test", 9) == held.d);
  check("old ones went", !destination_find(CHANNEL_REMOTE, "0.test", 6));
}

/* What is parked for it counts as held, as long as it is. */
static void stopping(void)
{
  struct destination *d = destination_get(CHANNEL_REMOTE, "held.test", 9);
  known k = backlog_add("0000000000000000000000000a", 0);

  settings(20, 4);
  lot_park(d->lot, k, PLACE_LOT);
  check("held", destination_stop("HELD.test", 9) == 0 && destination_stopped("held.test", 9) == d
        && backlog_flags(k) & KNOWN_ASIDE && !destination_unpark(d));
  destination_go(d);
  check("let go", !destination_stopped("held.test", 9) && !(backlog_flags(k) & KNOWN_ASIDE) && destination_unpark(d) == k);
}

int main(void)
{
  log_name("log");
  turns();
  limits();
  classes();
  full();
  dead();
  rates();
  stopping();
  many();
  return unit_end();
}
