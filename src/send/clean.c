/* clean.c - see clean.h */

#include <errno.h>
#include <string.h>

#include "door/clean.h"
#include "door/fds.h"
#include "send/clean.h"
#include "send/failure.h"
#include "send/maillog.h"
#include "send/settle.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/packet.h"

#define ANSWER_MS 1000          /* that mail-clean may take; it serves the requests of a second with one sync */
#define ANSWER_FULL_MS 50       /* the same while no more is ordered before something is on disk */

static struct lot waiting;
static known unsent;            /* taken from waiting, but the socket was full */
static uint32_t asked;
static struct message *bare, *bare_last;        /* those in memory, the oldest first */

void clean_ask(known k)
{
  backlog_park(&waiting, k, PLACE_DONE);
}

void clean_message(struct message *m)
{
  clean_ask(m->k);
  if (m->from >= m->to) {
    message_free(m);
    return;
  }
  m->phase = PHASE_REMOVING;
  m->asked_at = io_clock();
  m->bare_next = 0;
  if (bare) bare_last->bare_next = m;
  else bare = m;
  bare_last = m;
}

/* The one in memory, off the list; null when it is only a number. Answers come in the order of asking. */
static struct message *take(known k)
{
  struct message *m = bare, *before = 0;

  for (; m && m->k != k; m = m->bare_next) before = m;
  if (!m) return 0;
  if (before) before->bare_next = m->bare_next;
  else bare = m->bare_next;
  if (bare_last == m) bare_last = before;
  return m;
}

void clean_settled(struct message *m)
{
  take(m->k);
  backlog_flag(m->k, KNOWN_DONE);
  message_free(m);
}

static long long due(struct message const *m)
{
  return m->asked_at + (settle_full() ? ANSWER_FULL_MS : ANSWER_MS);
}

void clean_late(void)
{
  struct message *m;

  for (m = bare; m && due(m) <= io_clock(); m = m->bare_next)
    if (!m->dirty) settle_add(m, 1);
}

int clean_wait(void)
{
  struct message *m = bare;
  long long wait;

  while (m && m->dirty) m = m->bare_next;       /* of the others settle_wait tells */
  wait = m ? due(m) - io_clock() : -1;
  return m && wait < 0 ? 0 : (int)wait;
}

uint32_t clean_open(void)
{
  return waiting.n + asked + !!unsent;
}

int clean_send(void)
{
  char buf[CLEAN_RECORD_MAX];
  struct clean c = { .word = CLEAN_PLEASE };

  for (;;) {
    if (!unsent) unsent = backlog_take(&waiting);
    if (!unsent) return 0;
    backlog_id(unsent, c.id);
    if (packet_send(SEND_CLEAN, buf, clean_pack(&c, buf), -1) == -1)
      return packet_again();
    backlog_put(unsent, PLACE_CLEAN);
    asked++;
    unsent = 0;
  }
}

static void gone(known k, char const *id)
{
  if (backlog_flags(k) & KNOWN_TRACES) {
    state_remove(id);
    failures_remove(id);
  }
  maillog_end(id);
  backlog_forget(k);
}

int clean_answer(void)
{
  char buf[CLEAN_RECORD_MAX];
  struct clean c;
  ssize_t len = packet_recv(SEND_CLEAN, buf, sizeof buf, 0);
  struct message *m;
  known k;

  if (len == -1 && packet_again() > 0) return 0;
  if (len == 0 || (len == -1 && errno != EPROTO)) return -1;
  k = len > 0 && clean_unpack(&c, buf, (size_t)len) && c.word != CLEAN_PLEASE ? backlog_find(c.id) : 0;
  if (!k || backlog_place(k) != PLACE_CLEAN) {
    log_line("warning: strange answer from mail-clean", (char const *)0);
    return 1;
  }
  asked--;
  m = take(k);
  if (c.word == CLEAN_GONE) {
    if (m) message_free(m);
    gone(k, c.id);
  }
  else {
    log_line("warning: mail-clean could not remove ", c.id, (char const *)0);
    message_keep(k, m);
  }
  return 1;
}
