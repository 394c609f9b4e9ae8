/* deliver.c - see deliver.h */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "door/fds.h"
#include "send/deliver.h"
#include "send/settle.h"
#include "send/tell.h"
#include "send/turns.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/log.h"

#define TABLE 4096              /* more than can be open at a time */
#define BOUNCES_MAX 3           /* jobs of 64 KB: more would fill mail-bounce's socket and hold up mail-open */

static char const unreadable[] = "the reason cannot be read";

static LARGE struct delivery *table[TABLE];
static uint32_t last_number, count[AGENTS];
static struct line bounces;     /* messages whose next bounce is to be ordered */
static struct order order;
static LARGE char packet[PACKET_MAX];

uint32_t deliver_last(void)
{
  return last_number;
}

uint32_t deliver_count(enum agent a)
{
  return count[a];
}

struct delivery *deliver_find(uint32_t number)
{
  struct delivery *d = table[number % TABLE];

  return d && d->number == number ? d : 0;
}

struct delivery *deliver_late(long long since)
{
  uint32_t i;

  for (i = 0; i < TABLE; i++)
    if (table[i] && table[i]->since <= since) return table[i];
  return 0;
}

/* Sends the order for a new delivery. As deliver_orders. */
static int launch(struct message *m, struct group *g, enum agent agent, uint32_t bounce)
{
  struct delivery *d = malloc(sizeof *d + order.n * sizeof d->index[0]);
  size_t len;
  uint32_t i;

  if (!d) return 2;
  while (table[++last_number % TABLE]);
  memcpy(order.id, m->id, sizeof order.id);
  order.number = last_number;
  order.bounce = bounce;
  len = order_pack(&order, packet);
  if (!len || packet_send(SEND_OPEN, packet, len, -1) == -1) {
    int r = len ? packet_again() : -1;
    free(d);
    if (!len) log_line("alert: an order does not fit: ", m->id);
    return r;
  }
  *d = (struct delivery){ .number = last_number, .agent = agent, .m = m, .g = g, .at = g ? g->at : 0, .bounce = bounce,
                          .since = io_clock(), .n = order.n, .rest = order.rest };
  for (i = 0; i < d->n; i++) d->index[i] = order.rcpt[i].index;
  table[last_number % TABLE] = d;
  count[agent]++;
  message_flight(m, 1);
  return 0;
}

/* The next recipients of a group: one for a local job, for a remote one as many as it may have. */
static uint32_t fill(struct group const *g)
{
  uint32_t max = g->d->channel == CHANNEL_LOCAL ? 1 : JOB_RCPTS_MAX, at = g->at;
  size_t room = JOB_ROOM;

  order.kind = g->d->channel == CHANNEL_LOCAL ? JOB_LOCAL : JOB_REMOTE;
  order.n = order.rest = 0;
  for (; at < g->end && order.n < max; at++) {
    uint32_t index = g->m->target[at].index;
    size_t cost = message_cost(g->m, index, 0);
    if (cost > room) break;
    room -= cost;
    order.rcpt[order.n++] = (struct order_rcpt){ index, ACTION_FAILED, "", 0 };
  }
  return at;
}

static int order_group(struct group *g)
{
  enum channel ch = g->d->channel;
  uint32_t at = fill(g);
  int r = launch(g->m, g, ch == CHANNEL_LOCAL ? AGENT_LSPAWN : AGENT_RSPAWN, 0);

  if (r) {
    turns_unpick(g);
    return r;
  }
  g->at = at;
  g->flights++;
  turns_started(g, last_number, io_clock());
  if (g->at < g->end) turns_queue(g);
  return 0;
}

static void take_text(struct order_rcpt *r, struct failure const *f, char const *id, char text[TEXT_MAX])
{
  size_t len = failure_text(f, id, text);

  *r = len || !f->len ? (struct order_rcpt){ f->index, f->action, text, len }
                      : (struct order_rcpt){ f->index, f->action, unreadable, sizeof unreadable - 1 };
}

/* The number of the lowest bounce with recipients that were not told yet; 0 when there is none. */
static uint32_t lowest_bounce(struct message const *m)
{
  uint32_t i;

  for (i = 0; i < m->fail.numbered; i++)
    if (tell_now(m, i)) return m->fail.f[i].number;
  return 0;
}

/* Puts recipients of that bounce into the order, those that failed or the others; without room they are the rest. */
static void list(struct message *m, uint32_t number, int failed, size_t *room)
{
  static LARGE char text[JOB_RCPTS_MAX][TEXT_MAX];
  struct failures *f = &m->fail;
  uint32_t i;

  for (i = 0; i < f->numbered; i++) {
    size_t cost;
    if (f->f[i].number != number || (f->f[i].action == ACTION_FAILED) != failed || !tell_now(m, i)) continue;
    cost = message_cost(m, f->f[i].index, f->f[i].len);
    if (order.n == JOB_RCPTS_MAX || cost > *room) {
      order.rest++;
      continue;
    }
    *room -= cost;
    take_text(order.rcpt + order.n, f->f + i, m->id, text[order.n]);
    order.n++;
  }
}

/* Fills the order with the message's next bounce, failures first. Its number; 0 when there is none. */
static uint32_t fill_bounce(struct message *m)
{
  uint32_t number = lowest_bounce(m);
  size_t room = JOB_ROOM;

  order.kind = JOB_BOUNCE;
  order.n = order.rest = 0;
  if (!number) return 0;
  list(m, number, 1, &room);
  list(m, number, 0, &room);
  return number;
}

int deliver_bounce(struct message *m)
{
  if (!lowest_bounce(m)) return 0;
  line_join(&bounces, m->link + LINK_PHASE);
  return 1;
}

int deliver_no_bounce(struct message *m)
{
  if (m->phase != PHASE_BOUNCING || m->flights) return 0;
  line_quit(m->link + LINK_PHASE);
  return 1;
}

static int order_bounces(void)
{
  struct message *m;

  while ((m = line_first(&bounces)) && count[AGENT_BOUNCE] < BOUNCES_MAX) {
    uint32_t number = fill_bounce(m);
    int r = launch(m, 0, AGENT_BOUNCE, number);
    if (r) return r;
    line_quit(m->link + LINK_PHASE);
  }
  return 0;
}

int deliver_orders(void)
{
  struct group *g;
  int ch, r = order_bounces();

  if (settle_full()) return r;
  for (ch = 0; !r && ch < CHANNELS; ch++)
    while (!r && (g = turns_pick((enum channel)ch, io_clock()))) r = order_group(g);
  return r;
}

void deliver_over(struct delivery *d, struct ending const *e)
{
  table[d->number % TABLE] = 0;
  count[d->agent]--;
  message_flight(d->m, 0);
  if (d->g) {
    d->g->flights--;
    turns_ended(d->g, e, io_clock());
  }
  free(d);
}
