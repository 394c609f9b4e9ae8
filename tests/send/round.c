/* round.c - every event in every phase of a message: what follows is what the table of round.h says, and nothing else
   happens to it; what cannot be leaves it alone. Real files, and sockets in place of mail-open and mail-clean. */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "unit.h"
#include "door/clean.h"
#include "door/fds.h"
#include "door/report.h"
#include "send/clean.h"
#include "send/deliver.h"
#include "send/feed.h"
#include "send/memory.h"
#include "send/result.h"
#include "send/retry.h"
#include "send/round.h"
#include "send/settle.h"
#include "send/turns.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/packet.h"

static char const *const table[PHASES][ROUND_EVENTS] = ROUND_TABLE;
static char const letters[] = ROUND_LETTERS;

/* What comes of a message with one recipient, of whom nothing was heard yet, or who has failed (S, B, L), or got it
   (M). Each letter is one of those that the table has. */
static char const *const expected[PHASES] = {
  /*       TESBPRKL HRXDT: turn, ended, settled, bounced, put off, removed, kept, look; hold, release, expire, drop, retry */
  /* G */ ".............",
  /* W */ "R.......H.XDW",
  /* R */ ".RR.....HRXDR",
  /* S */ "..B.....SSSSS",
  /* B */ "..BSL...BBBLB",
  /* L */ "..W.....LLLLL",
  /* M */ "M.M..GL......",
  /* K */ ".......WKK.DW",
  /* H */ "H.......HWXD.",
  /* X */ "S.......HWXD.",
  /* D */ "M.......HWXD.",
};

static int opener, cleaner;     /* the other ends */
static char id[ID_MAX + 1];     /* of the message that is looked at */

static void directories(void)
{
  static char const *const kinds[] = { "todo", "state", "bounce" };
  char path[ID_PATH_MAX];
  unsigned int i, h;

  for (i = 0; i < 3; i++) {
    mkdir(kinds[i], 0700);
    for (h = 0; h < ID_HASHES; h++) {
      id_dir(path, kinds[i], h);
      mkdir(path, 0700);
    }
  }
}

static int far_end(int fd)
{
  int s[2];

  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, s) == -1 || dup2(s[0], fd) == -1) exit(111);
  if (s[0] != fd) close(s[0]);
  return s[1];
}

/* A queued message with n recipients, of whom nobody knows: each of a domain of its own, or all of one. */
static void put_envelope(unsigned int n)
{
  static unsigned int counter;
  static char records[100000];
  static stralloc text = STRALLOC_ZERO;
  char path[ID_PATH_MAX];
  size_t len = (size_t)snprintf(records, sizeof records, "Fa@from.test") + 1;
  int fd;

  counter++;
  id_new(id);
  while (n--)
    len += (size_t)snprintf(records + len, sizeof records - len, "Tr%u@%u-%u.test", n, counter, n < 100 ? n : 100) + 1;
  if (envelope_make(&text, id, 100, 0, 0, records, len) == -1) exit(111);
  id_path(path, "todo", id);
  fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (fd == -1 || io_write(fd, text.s, text.len) == -1 || close(fd) == -1) exit(111);
}

/* The same, known and in HAND. */
static known queued(unsigned int n)
{
  put_envelope(n);
  return backlog_add(id, backlog_now());
}

static void report(enum agent by, uint32_t number, enum result result, unsigned int flags)
{
  static struct report r;
  char buf[PACKET_MAX];

  report_all(&r, number, 1, result, "5.1.1 said so");
  r.flags = flags;
  result_take(by, buf, report_pack(&r, buf));
}

static void report_many(uint32_t number, uint32_t n)
{
  static struct report r;
  char buf[PACKET_MAX];

  report_all(&r, number, n, RESULT_DONE, "2.0.0 fine");
  result_take(AGENT_BOUNCE, buf, report_pack(&r, buf));
}

/* The next delivery of the message, once it was ordered; 0: there is none. Others' bounces are answered. */
static uint32_t order(struct order *o)
{
  static struct order scratch;
  char buf[PACKET_MAX];
  ssize_t len;

  if (!o) o = &scratch;
  deliver_orders();
  while ((len = packet_recv(opener, buf, sizeof buf, 0)) > 0) {
    if (!order_unpack(o, buf, (size_t)len)) continue;
    if (!strcmp(o->id, id)) return o->number;
    if (o->kind != JOB_BOUNCE) continue;
    report(AGENT_BOUNCE, o->number, RESULT_DONE, 0);
    deliver_orders();
  }
  return 0;
}

/* Is it on disk now? The round is not told. */
static int written(struct message *m)
{
  struct message *got;
  int is = 0;

  settle_run();
  while ((got = settle_next())) is |= got == m;
  return is;
}

static void settle(known k)
{
  struct message *m = message_find(k);

  if (written(m)) round_event(k, m, ROUND_SETTLED);
}

/* Takes one out of where it waits: it is its turn. */
static void in_hand(known k)
{
  known got = 0;

  backlog_hurry(k, 0);
  if (backlog_place(k) == PLACE_LOT) got = memory_next();
  else
    while (got != k && (got = backlog_due(backlog_now())));
  check("it is its turn", got == k);
}

static int requested(void)
{
  char buf[CLEAN_RECORD_MAX];
  struct clean c;
  int is = 0;
  ssize_t len;

  message_once = 1;             /* then no request waits for others */
  clean_send();
  message_once = 0;
  while ((len = packet_recv(cleaner, buf, sizeof buf, 0)) > 0)
    is |= clean_unpack(&c, buf, (size_t)len) && c.word == CLEAN_PLEASE && !strcmp(c.id, id);
  return is;
}

static known turned(unsigned int rcpts)
{
  known k = queued(rcpts);

  round_event(k, 0, ROUND_TURN);
  return k;
}

static known wished(enum round_event wish)
{
  known k = queued(1);

  backlog_at(k, 0);
  round_event(k, 0, wish);
  return k;
}

static known stuck(void)
{
  known k = queued(1);
  char path[ID_PATH_MAX];

  id_path(path, "todo", id);
  if (truncate(path, 60) == -1) exit(111);
  round_event(k, 0, ROUND_TURN);
  return k;
}

/* A new message in that phase. */
static known make(enum phase p)
{
  known k;

  switch (p) {
    case PHASE_WAITING: k = queued(1); backlog_at(k, NEVER); return k;
    case PHASE_ROUND: return turned(1);
    case PHASE_STUCK: return stuck();
    case PHASE_HELD_BY_OPERATOR: return wished(ROUND_HOLD);
    case PHASE_EXPIRE: return wished(ROUND_EXPIRE);
    case PHASE_DROP: return wished(ROUND_DROP);
    default: k = turned(1);
  }
  if (p == PHASE_REMOVING || p == PHASE_GONE) {
    report(AGENT_RSPAWN, order(0), RESULT_DONE, 0);
    requested();
    if (p == PHASE_GONE) round_event(k, message_find(k), ROUND_REMOVED);
    return k;
  }
  report(AGENT_RSPAWN, order(0), RESULT_FAILED, 0);
  if (p == PHASE_SETTLING) return k;
  settle(k);
  if (p == PHASE_LEAVING) round_event(k, message_find(k), ROUND_PUT_OFF);
  return k;
}

/* For a turn the message is in HAND, for the end of writing it is on disk, if the event can come at all. */
static void ready(known *k, enum phase p, enum round_event e)
{
  if (!*table[p][e]) return;
  if (e == ROUND_TURN && p == PHASE_REMOVING) {
    round_event(*k, message_find(*k), ROUND_SETTLED);
    round_event(*k, 0, ROUND_KEPT);
  }
  if (e == ROUND_TURN) in_hand(*k);
  if (e == ROUND_SETTLED) written(message_find(*k));
}

/* A bounce that is under way ends by a report. */
static int tell(known k, struct message *m, enum phase p, enum round_event e)
{
  if (p != PHASE_BOUNCING || (e != ROUND_BOUNCED && e != ROUND_PUT_OFF)) return round_event(k, m, e);
  report(AGENT_BOUNCE, order(0), e == ROUND_BOUNCED ? RESULT_DONE : RESULT_LATER, 0);
  return 0;
}

/* Where a wish ends a round, what follows is what follows that. */
static int may(enum phase p, enum round_event e, char next)
{
  return strchr(table[p][e], next) || (p == PHASE_ROUND && e >= ROUND_HOLD && strchr(table[p][ROUND_ENDED], next));
}

static void one(enum phase p, enum round_event e)
{
  char name[64];
  known k = make(p);
  enum place place;
  struct message *m;
  unsigned int flags;
  int made = round_phase(k) == p, legal, good;

  ready(&k, p, e);
  m = p == PHASE_GONE ? 0 : message_find(k);
  place = backlog_place(k);
  flags = backlog_flags(k);
  legal = *table[p][e] != 0;
  good = made && tell(k, m, p, e) == (legal ? 0 : -1);
  if (legal) good = good && letters[round_phase(k)] == expected[p][e] && may(p, e, expected[p][e]);
  else good = good && expected[p][e] == '.' && round_phase(k) == p && backlog_place(k) == place
              && backlog_flags(k) == flags && (p == PHASE_GONE || message_find(k) == m);
  snprintf(name, sizeof name, "%c, event %d: %s", letters[p], e, legal ? table[p][e] : "left alone");
  check(name, good);
}

static void every_event_in_every_phase(void)
{
  int p, e;

  for (p = 0; p < PHASES; p++)
    for (e = 0; e < ROUND_EVENTS; e++) one((enum phase)p, (enum round_event)e);
}

/* What a start finds of it. */
static enum phase found_again(void)
{
  struct state st;
  char other[ID_MAX + 1];
  known k;

  if (state_peek(id, &st) != STATE_READ) return PHASE_GONE;
  id_new(other);
  k = backlog_add(other, 0);
  feed_found(k, st.next);
  return round_phase(k);
}

static void held(void)
{
  known k = make(PHASE_HELD_BY_OPERATOR);

  in_hand(k);
  round_event(k, 0, ROUND_TURN);
  check("held: no delivery, nothing is written", !order(0) && found_again() == PHASE_GONE);
  check("held: a number", round_phase(k) == PHASE_HELD_BY_OPERATOR && backlog_place(k) == PLACE_HELD && !message_find(k));
  backlog_all();
  check("held: whatever is to be tried", backlog_place(k) == PLACE_HELD);
  round_event(k, 0, ROUND_RELEASE);
  in_hand(k);
  round_event(k, 0, ROUND_TURN);
  check("released: it goes on", round_phase(k) == PHASE_ROUND && order(0));
}

static void expired(void)
{
  known k = make(PHASE_EXPIRE);
  struct order o = { .n = 0 };

  in_hand(k);
  round_event(k, 0, ROUND_TURN);
  settle(k);
  check("expired: the sender is told", round_phase(k) == PHASE_BOUNCING && order(&o) && o.kind == JOB_BOUNCE && o.n == 1
        && !strncmp(o.rcpt[0].text, "5.4.7 ", 6));
  report(AGENT_BOUNCE, o.number, RESULT_DONE, 0);
  settle(k);
  check("expired: then it is removed", round_phase(k) == PHASE_REMOVING && requested());
}

static void dropped(void)
{
  known k = make(PHASE_DROP);

  in_hand(k);
  round_event(k, 0, ROUND_TURN);
  check("dropped: removed, nobody is told", round_phase(k) == PHASE_REMOVING && !order(0) && requested());
  round_event(k, 0, ROUND_KEPT);
  check("dropped: asked for again", round_phase(k) == PHASE_REMOVING && backlog_place(k) == PLACE_TIMED);
}

/* Of two recipients the one has a delivery under way: its number. */
static uint32_t half_ordered(known *k)
{
  uint32_t number;

  *k = turned(2);
  route_settings.concurrency[CHANNEL_REMOTE] = channels[CHANNEL_REMOTE].flights + 1;
  number = order(0);
  route_settings.concurrency[CHANNEL_REMOTE] = CONCURRENCY_MAX;
  return number;
}

static void wish_while_one_is_under_way(void)
{
  known k;
  uint32_t number = half_ordered(&k);

  round_event(k, message_find(k), ROUND_HOLD);
  check("held under way: that one goes on, no other begins", number && round_phase(k) == PHASE_ROUND && !order(0));
  report(AGENT_RSPAWN, number, RESULT_DONE, 0);
  settle(k);
  check("held under way: then it is a number", round_phase(k) == PHASE_HELD_BY_OPERATOR && !message_find(k));
  check("held under way: and is held", backlog_place(k) == PLACE_HELD);
  round_event(k, 0, ROUND_RELEASE);
  in_hand(k);
  round_event(k, 0, ROUND_TURN);
  check("held under way: what is done counts", message_find(k)->left == 1 && order(0));
}

static void damaged(void)
{
  known k;

  report(AGENT_OPEN, half_ordered(&k), RESULT_LATER, REPORT_DAMAGED);
  settle(k);
  check("damaged: left alone, nothing more begins", round_phase(k) == PHASE_STUCK && !message_find(k) && !order(0));
}

static void kept(void)
{
  known k = make(PHASE_REMOVING);
  struct state st;
  char mark;

  round_event(k, message_find(k), ROUND_KEPT);
  settle(k);
  check("kept: it is on disk that all is done", state_read(id, &st, &mark, 1) == STATE_READ && mark == MARK_DONE);
  check("kept: asked for later", round_phase(k) == PHASE_REMOVING && backlog_place(k) == PLACE_TIMED
        && !message_find(k));
}

/* Answers all orders of a part, all with success but the first recipient, who is put off, and the second, who fails.
   How many recipients were ordered; 0 when one of them was not from..to-1. */
static uint32_t part(known k, uint32_t from, uint32_t to)
{
  static struct report r;
  char buf[PACKET_MAX];
  struct order o;
  uint32_t n = 0, i;

  round_event(k, 0, ROUND_TURN);
  while (order(&o)) {
    report_all(&r, o.number, o.n, RESULT_DONE, "2.0.0 fine");
    for (i = 0; i < o.n; i++, n++) {
      if (o.kind == JOB_BOUNCE) return 0;
      if (o.rcpt[i].index < from || o.rcpt[i].index >= to) return 0;
      if (o.rcpt[i].index < 2) r.rcpt[i].result = o.rcpt[i].index ? RESULT_FAILED : RESULT_LATER;
    }
    result_take(AGENT_RSPAWN, buf, report_pack(&r, buf));
  }
  settle(k);
  return n;
}

static void parts(void)
{
  known k = queued(2 * PART_MAX + 500);
  struct state st;
  struct order o;

  check("parts: the first", part(k, 0, PART_MAX) == PART_MAX);
  check("parts: then it is a number, and due", round_phase(k) == PHASE_WAITING && backlog_place(k) == PLACE_LOT
        && state_peek(id, &st) == STATE_READ && st.tries == 1 && st.next <= time(0) + 1);
  check("parts: the second", memory_next() == k && part(k, PART_MAX, 2 * PART_MAX) == PART_MAX && !message_find(k)
        && memory_next() == k);
  check("parts: the last", part(k, 2 * PART_MAX, 2 * PART_MAX + 500) == 500);
  check("parts: failures are told now", round_phase(k) == PHASE_BOUNCING && order(&o) && o.kind == JOB_BOUNCE && o.n == 1
        && o.rcpt[0].index == 1);
  report(AGENT_BOUNCE, o.number, RESULT_DONE, 0);
  settle(k);
  check("parts: all are one try", state_peek(id, &st) == STATE_READ && st.tries == 1);
  check("parts: who was put off waits for the next", round_phase(k) == PHASE_WAITING && backlog_place(k) == PLACE_TIMED
        && st.next >= time(0) + 400);
  in_hand(k);
  check("parts: and is the only one", part(k, 0, 1) == 1);
  check("parts: its second try", state_peek(id, &st) == STATE_READ && st.tries == 2);
}

static void expired_in_parts(void)
{
  known k = queued(2 * PART_MAX + 1);
  struct order o = { .n = 0 };
  uint32_t n = 0, bounces = 0, turns = 0;

  backlog_at(k, 0);
  round_event(k, 0, ROUND_EXPIRE);
  for (; round_phase(k) == PHASE_EXPIRE && turns < 4; turns++) {
    in_hand(k);
    round_event(k, 0, ROUND_TURN);
    settle(k);
  }
  while (round_phase(k) == PHASE_BOUNCING && order(&o)) {
    n += o.n + o.rest;
    bounces += o.n == JOB_RCPTS_MAX;
    report_many(o.number, o.n);
    settle(k);
  }
  check("expired in parts: each is told once, in few bounces", turns == 3 && n == 2 * PART_MAX + 1 && bounces == 10
        && round_phase(k) == PHASE_REMOVING);
}

/* Whatever a scan has found: it may be a million. */
static void new_mail_first(void)
{
  unsigned int i;

  for (i = 0; i < 100; i++) feed_found(queued(1), 0);
  put_envelope(1);
  feed_named(id);
  feed_load();
  check("new mail has its turn at once", backlog_place(backlog_find(id)) != PLACE_NEW);
}

int main(void)
{
  char dir[] = "/tmp/round.XXXXXX";

  log_name("log");
  if (!mkdtemp(dir) || chdir(dir) == -1) return 111;
  directories();
  opener = far_end(SEND_OPEN);
  cleaner = far_end(SEND_CLEAN);
  route_settings.concurrency[CHANNEL_LOCAL] = route_settings.concurrency[CHANNEL_REMOTE] = CONCURRENCY_MAX;
  route_settings.perhost = 10;
  route_settings.retry = (struct retry){ 400, 14400 };
  route_settings.lifetime = 604800;
  stralloc_copys(&route_settings.site.envnoathost, "nohost.test");
  stralloc_0(&route_settings.site.envnoathost);
  every_event_in_every_phase();
  held();
  expired();
  dropped();
  wish_while_one_is_under_way();
  damaged();
  kept();
  parts();
  expired_in_parts();
  new_mail_first();
  return unit_end();
}
