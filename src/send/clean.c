/* clean.c - see clean.h */

#include <errno.h>

#include "door/fds.h"
#include "send/clean.h"
#include "send/settle.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/packet.h"

#define ANSWER_MS 1000          /* that mail-clean may take; it serves the requests of a second with one sync */
#define ANSWER_FULL_MS 200      /* the same while no more is ordered before something is on disk */
#define LATER_MS 100            /* that requests wait for others: mail-clean wakes up for many, beside no delivery */
#define LATER_MAX 16            /* that wait */

static struct lot waiting;
static known unsent;            /* taken from waiting, but the socket was full */
static uint32_t asked;
static long long ripe;          /* io_clock: when those that wait are sent */
static struct line bare;        /* those in memory, the oldest first */

void clean_ask(known k, struct message *m)
{
  if (!waiting.n) ripe = io_clock() + LATER_MS;
  lot_park(&waiting, k, PLACE_DONE);
  if (m) line_join(&bare, m->link + LINK_PHASE);
}

/* The one in memory, out of line. Answers come in the order of asking. */
static struct message *take(known k)
{
  struct message *m = line_first(&bare);

  while (m && m->k != k) m = line_next(m->link + LINK_PHASE);
  if (m) line_quit(m->link + LINK_PHASE);
  return m;
}

static long long due(struct message const *m)
{
  return m->since + (settle_full() ? ANSWER_FULL_MS : ANSWER_MS);
}

void clean_late(void)
{
  struct message *m = line_first(&bare);

  for (; m && due(m) <= io_clock(); m = line_next(m->link + LINK_PHASE))
    if (!m->link[LINK_SETTLE].line) settle_add(m, 1);
}

long long clean_due(void)
{
  struct message *m = line_first(&bare);

  while (m && m->link[LINK_SETTLE].line) m = line_next(m->link + LINK_PHASE);   /* of these settle_due tells */
  return m ? due(m) : 0;
}

uint32_t clean_open(void)
{
  return waiting.n + asked + !!unsent;
}

static int hurries(void)
{
  return message_once || message_stopping || settle_full() || waiting.n >= LATER_MAX;
}

long long clean_ripe(void)
{
  return !waiting.n && !unsent ? 0 : unsent || hurries() ? io_clock() : ripe;
}

int clean_send(void)
{
  char buf[CLEAN_RECORD_MAX];
  struct clean c = { .word = CLEAN_PLEASE };

  if (io_left(clean_ripe())) return 0;
  for (;;) {
    if (!unsent) unsent = lot_take(&waiting);
    if (!unsent) return 0;
    backlog_id(unsent, c.id);
    if (packet_send(SEND_CLEAN, buf, clean_pack(&c, buf), -1) == -1)
      return packet_again();
    backlog_put(unsent, PLACE_CLEAN);
    asked++;
    unsent = 0;
  }
}

int clean_next(known *k, struct message **m, enum clean_word *word)
{
  char buf[CLEAN_RECORD_MAX];
  struct clean c;

  for (;;) {
    ssize_t len = packet_recv(SEND_CLEAN, buf, sizeof buf, 0);
    if (len == -1 && packet_again() > 0) return 0;
    if (len == 0 || (len == -1 && errno != EPROTO)) return -1;
    *k = len > 0 && clean_unpack(&c, buf, (size_t)len) && c.word != CLEAN_PLEASE ? backlog_find(c.id) : 0;
    if (*k && backlog_place(*k) == PLACE_CLEAN) break;
    log_line("warning: strange answer from mail-clean");
  }
  asked--;
  *m = take(*k);
  *word = c.word;
  return 1;
}
