/* desk.c - see desk.h */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "door/fds.h"
#include "send/desk.h"
#include "send/feed.h"
#include "send/journal.h"
#include "send/maillog.h"
#include "send/reasons.h"
#include "send/round.h"
#include "send/scan.h"
#include "send/stop.h"
#include "send/turns.h"
#include "lib/conf/owner.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/packet.h"

#define ORDERS_A_TURN 8
#define PICK_MS 300             /* between two looks through all lots */

static struct desk_answer answers[ORDERS_A_TURN];
static unsigned int waiting, sent;      /* of these: sent ones first */
static int connected;
static long long pick;          /* io_clock: when lots are looked through; 0: nothing there is to end */

static void say(struct desk_answer *a, char const *why)
{
  snprintf(a->why, sizeof a->why, "%s", why);
}

static char refuse(struct desk_answer *a, enum desk_verdict v, char const *why)
{
  say(a, why);
  return (char)v;
}

static char failed(struct desk_answer *a)
{
  char why[DESK_WHY_MAX + 1];

  snprintf(why, sizeof why, "queue/" WISHES_PATH ": %s", strerror(errno));
  log_sys("alert: an order is not noted: cannot write queue/" WISHES_PATH, owner_hint(WISHES_PATH));
  return refuse(a, VERDICT_ERROR, why);
}

/* The number of a message that is queued; one that nobody has told of yet is known from now on. 0: it is gone; or no
   memory, with errno. */
static known find(char const *id)
{
  char path[ID_PATH_MAX];
  known k = backlog_find(id);
  int64_t next;

  errno = 0;
  if (k) return k;
  id_path(path, "todo", id);
  if (access(path, F_OK) == -1) {
    if (errno == ENOENT) errno = 0;
    return 0;
  }
  k = scan_named(id, &next);
  if (k) feed_found(k, next);
  else errno = ENOMEM;
  return k;
}

static struct message *loaded(known k)
{
  return backlog_place(k) == PLACE_LOADED ? message_find(k) : 0;
}

static char judge(enum desk_word word, char const *id, struct desk_answer *a)
{
  known k = find(id);
  enum phase p;

  if (!k) return errno ? refuse(a, VERDICT_ERROR, strerror(errno)) : VERDICT_GONE;
  p = round_phase(k);
  if (p == PHASE_REMOVING || backlog_flags(k) & KNOWN_DONE)
    return refuse(a, VERDICT_NOT_NOW, "it is done and being removed");
  if (p == PHASE_STUCK && word == DESK_EXPIRE)
    return refuse(a, VERDICT_NOT_NOW, "it is damaged: nobody can be told; it can be deleted");
  if (word != DESK_RETRY) return VERDICT_NOTED;
  if (backlog_flags(k) & KNOWN_HOLD) return refuse(a, VERDICT_NOT_NOW, "it is held: release it");
  if (backlog_flags(k) & KNOWN_ASIDE) return refuse(a, VERDICT_NOT_NOW, "its domain is held: release that");
  return VERDICT_NOTED;
}

/* Has it nothing to say that is not so already? */
static int idle(enum desk_word word, known k)
{
  unsigned int flags = backlog_flags(k) & KNOWN_WISH;

  return (word == DESK_RELEASE && !flags) || (word == DESK_RETRY && flags);
}

static void act(struct desk_order const *o, known k)
{
  enum round_event e = o->word == DESK_HOLD ? ROUND_HOLD : o->word == DESK_RELEASE ? ROUND_RELEASE
                       : o->word == DESK_RETRY ? ROUND_RETRY : o->word == DESK_EXPIRE ? ROUND_EXPIRE : ROUND_DROP;

  if (o->word == DESK_EXPIRE) reasons_put(k, o->reason);
  if (backlog_place(k) == PLACE_LOT && !pick) pick = io_clock() + PICK_MS;
  round_event(k, loaded(k), e);
}

/* What is noted of an order is of those that are to change. What one of them brings about may have ended another. */
static void messages(struct desk_order const *o, struct desk_answer *a)
{
  static struct desk_order noted;
  char v = VERDICT_NOTED;
  uint32_t i;

  noted = *o;
  noted.n = 0;
  a->n = o->n;
  for (i = 0; i < o->n; i++) {
    a->verdict[i] = judge(o->word, o->id[i], a);
    if (a->verdict[i] == VERDICT_NOTED && !idle(o->word, backlog_find(o->id[i])))
      memcpy(noted.id[noted.n++], o->id[i], sizeof o->id[i]);
  }
  if (noted.n && o->word == DESK_EXPIRE && !reasons_room(o->reason))
    v = refuse(a, VERDICT_ERROR, "1000 different reasons are under way: give one of those, or none, or wait");
  else if (noted.n && journal_add(&noted) == -1) v = failed(a);
  if (v != VERDICT_NOTED) {
    for (i = 0; i < o->n; i++)
      if (a->verdict[i] == VERDICT_NOTED) a->verdict[i] = v;
    return;
  }
  if (o->word == DESK_RETRY) turns_want();
  for (i = 0; i < noted.n; i++) {
    if (judge(o->word, noted.id[i], a) != VERDICT_NOTED || idle(o->word, backlog_find(noted.id[i]))) continue;
    maillog_order(o, "id", noted.id[i]);
    act(o, backlog_find(noted.id[i]));
  }
}

/* Written before it is done, and only what can be done: what is begun meanwhile is begun no more. */
static char hold_domain(struct desk_order const *o, struct desk_answer *a)
{
  size_t len = strlen(o->domain);

  if (!destination_may_stop(o->domain, len)) return refuse(a, VERDICT_ERROR, "1000 domains are held: no more may be");
  if (!destination_get(CHANNEL_REMOTE, o->domain, len))
    return refuse(a, VERDICT_ERROR, "no memory for the domain now: nothing was done");
  if (journal_add(o) == -1) return failed(a);
  stop_domain(o->domain, len);
  return VERDICT_NOTED;
}

static char release_domain(struct desk_order const *o, struct desk_answer *a)
{
  struct destination *d = destination_stopped(o->domain, strlen(o->domain));

  if (!d) return refuse(a, VERDICT_GONE, "it is not held");
  if (journal_add(o) == -1) return failed(a);
  stop_end(d);
  return VERDICT_NOTED;
}

/* Only what is known of its hosts; which messages are for it, mail-desk knows. After a restart nothing is known. */
static char retry_domain(struct desk_order const *o)
{
  struct destination *d = destination_find(CHANNEL_REMOTE, o->domain, strlen(o->domain));

  if (d) turns_renew_one(d);
  return VERDICT_NOTED;
}

static void domain(struct desk_order const *o, struct desk_answer *a)
{
  a->n = 1;
  a->verdict[0] = o->word == DESK_HOLD ? hold_domain(o, a)
                  : o->word == DESK_RELEASE ? release_domain(o, a) : retry_domain(o);
  if (a->verdict[0] == VERDICT_NOTED) maillog_order(o, "domain", o->domain);
}

static void take(struct desk_order const *o)
{
  struct desk_answer *a = answers + waiting++;

  *a = (struct desk_answer){ .number = o->number, .word = o->word, .n = 1 };    /* DESK_COMMIT: later */
  if (*o->domain) domain(o, a);
  else if (o->word != DESK_COMMIT) messages(o, a);
}

int desk_find(void)
{
  connected = !message_once && io_nonblock(SEND_DESK) == 0;
  return connected ? SEND_DESK : -1;
}

void desk_start(void)
{
  struct wishes const *all = journal_all();
  uint32_t i;

  for (i = 0; i < all->domains; i++)
    if (destination_stop(all->domain[i].name, strlen(all->domain[i].name)) == -1)
      log_line("alert: no memory to hold ", all->domain[i].name);
}

int desk_hear(void)
{
  static char buf[DESK_ORDER_MAX];
  static struct desk_order o;
  ssize_t len;

  while (waiting < ORDERS_A_TURN) {
    len = packet_recv(SEND_DESK, buf, sizeof buf, 0);
    if (len > 0 && desk_order_unpack(&o, buf, (size_t)len)) take(&o);
    else if (len > 0 || (len == -1 && errno == EPROTO)) log_line("warning: mail-desk: an order that is not understood");
    else return len == -1 && packet_again() > 0 ? 0 : -1;
  }
  return 0;
}

/* One sync for all. */
static void commit(void)
{
  unsigned int i, wanted = 0;
  char v = VERDICT_NOTED;
  struct desk_answer failure = { .n = 0 };

  for (i = sent; i < waiting; i++) wanted += answers[i].word == DESK_COMMIT && !answers[i].verdict[0];
  if (wanted && journal_commit() == -1) v = failed(&failure);
  for (i = sent; i < waiting; i++) {
    if (answers[i].word != DESK_COMMIT || answers[i].verdict[0]) continue;
    answers[i].verdict[0] = v;
    say(answers + i, failure.why);
  }
}

static int answer(void)
{
  char buf[DESK_ANSWER_MAX];

  for (; sent < waiting; sent++)
    if (packet_send(SEND_DESK, buf, desk_answer_pack(answers + sent, buf), -1) == -1) return packet_again();
  sent = waiting = 0;
  return 0;
}

long long desk_due(void)
{
  return pick;
}

int desk_work(void)
{
  static int tidy;

  if (!tidy && scan_whole() && !scan_busy()) {
    tidy = 1;
    journal_tidy();
  }
  if (pick && !io_left(pick)) {
    feed_pick();
    pick = 0;
  }
  if (!waiting || !connected) return 0;
  commit();
  return answer();
}
