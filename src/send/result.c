/* result.c - see result.h */

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "door/replies.h"
#include "door/report.h"
#include "send/ending.h"
#include "send/groups.h"
#include "send/keys.h"
#include "send/maillog.h"
#include "send/result.h"
#include "send/retry.h"
#include "send/round.h"
#include "send/settle.h"
#include "send/tell.h"
#include "send/turns.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/pack.h"

#define BUSY_LOG_MS 60000
#define SPREAD_SECONDS 16       /* over which those that wait for a dead host come back at least */

static char const mangled[] = "4.3.0 report mangled";
static char const silence[] = "4.3.0 no report came; if it was delivered, it will be a duplicate";
static char const missing[] = "4.3.0 report without a result for this recipient";
static char const expired[] = "5.4.7 message expired, last: ";

static struct report report;

static char const *agent_name(enum agent a)
{
  static char const *const name[AGENTS] = { "mail-open", "mail-lspawn", "mail-rspawn", "mail-bounce" };

  return name[a];
}

static size_t expired_text(char both[TEXT_MAX], char const *text, size_t len)
{
  size_t head = sizeof expired - 1;

  if (len > TEXT_MAX - head) len = TEXT_MAX - head;
  memcpy(both, expired, head);
  memcpy(both + head, text, len);
  return head + len;
}

/* A recipient that was put off and gets no more tries: its text says both. */
static void expire(struct message *m, uint32_t index, struct report_rcpt const *r, char const *told, size_t told_len)
{
  char both[TEXT_MAX];

  if (tell_failed(m, index, both, expired_text(both, told, told_len)) == -1) message_put_off(m, RETRY_LOCAL);
  else maillog_result(m, index, "failed", &report, both, expired_text(both, r->text, r->text_len));
}

/* For mail-qread. */
static void keep_reply(struct message *m, uint32_t index, char const *text, size_t len)
{
  struct reply r = { .tries = m->st.tries + !m->counted, .when = time(0) };

  r.len = len < REPLY_TEXT_MAX ? len : REPLY_TEXT_MAX;
  memcpy(r.text, text, r.len);
  replies_put(m->id, index, &r);
}

static void put_off(struct message *m, uint32_t index, int remote, struct report_rcpt const *r, char const *told,
                    size_t told_len)
{
  if (m->last) {
    expire(m, index, r, told, told_len);
    return;
  }
  message_put_off(m, remote ? RETRY_REMOTE : RETRY_LOCAL);
  tell_late(m, index, told, told_len);
  keep_reply(m, index, r->text, r->text_len);
  maillog_result(m, index, "deferred", &report, r->text, r->text_len);
}

/* What the sender may hear of a success (RFC 3461, 5.2.2 to 5.2.4): a host that was asked to reports itself. */
static enum action action(struct delivery const *d, unsigned int unasked)
{
  return d->agent == AGENT_LSPAWN ? ACTION_DELIVERED : unasked ? ACTION_RELAYED : 0;
}

/* The log has all of a text, the sender's bounce what is for strangers. */
static void one(struct delivery const *d, struct report_rcpt const *r)
{
  struct message *m = d->m;
  uint32_t index = d->index[r->position];
  char told[TEXT_MAX];
  size_t len = report_told(r, told);

  if (r->result == RESULT_DONE) {
    tell_done(m, index, action(d, r->unasked), told, len);
    maillog_result(m, index, "delivered", &report, r->text, r->text_len);
  }
  else if (r->result == RESULT_FAILED && tell_failed(m, index, told, len) == 0)
    maillog_result(m, index, "failed", &report, r->text, r->text_len);
  else put_off(m, index, d->agent == AGENT_RSPAWN, r, told, len);
}

/* Are all results for recipients that the delivery has, and none twice? seen: which have one. */
static int fits(struct delivery const *d, unsigned char seen[JOB_RCPTS_MAX])
{
  uint32_t i;

  memset(seen, 0, JOB_RCPTS_MAX);
  for (i = 0; i < report.n; i++) {
    uint32_t p = report.rcpt[i].position;
    if (p >= d->n || seen[p]) return 0;
    seen[p] = 1;
  }
  return 1;
}

static void results(struct delivery const *d)
{
  unsigned char seen[JOB_RCPTS_MAX];
  uint32_t i;

  if (!fits(d, seen)) {
    log_line("warning: ", agent_name(d->agent), ": results that do not fit the delivery");
    report_all(&report, d->number, d->n, RESULT_LATER, mangled);
    memset(seen, 1, sizeof seen);
  }
  for (i = 0; i < report.n; i++) one(d, report.rcpt + i);
  for (i = 0; i < d->n; i++)
    if (!seen[i])
      one(d, &(struct report_rcpt){ .position = i, .result = RESULT_LATER, .text = missing,
                                    .text_len = sizeof missing - 1 });
}

/* The job as a whole has one result: the worst of what was said of its recipients, temporary before all. */
static enum result bounce_result(struct delivery const *d)
{
  unsigned char seen[JOB_RCPTS_MAX];
  enum result all = RESULT_DONE;
  uint32_t i;

  if (!fits(d, seen) || report.n < d->n) return RESULT_LATER;
  for (i = 0; i < report.n; i++)
    if (report.rcpt[i].result == RESULT_LATER) return RESULT_LATER;
    else if (report.rcpt[i].result == RESULT_FAILED) all = RESULT_FAILED;
  return all;
}

/* A bounce tells of a failure; a notice only of what else the sender asked for. */
static void log_bounce(struct delivery const *d, enum result r)
{
  static char const *const word[2][3] = { { "notice", "notice deferred", "notice failed" },
                                          { "bounce", "bounce deferred", "bounce failed" } };
  struct report_rcpt const none = { .text = "" }, *said = report.n ? report.rcpt : &none;
  uint32_t i = 0;

  while (i < d->n && d->m->mark[d->index[i]] != MARK_FAILED) i++;
  maillog_bounce(d->m, word[i < d->n][r == RESULT_DONE ? 0 : r == RESULT_LATER ? 1 : 2], d->bounce, d->n + d->rest,
                 said->text, said->text_len);
}

/* A bounce that can never be made counts as told: there is nobody else to tell but the log. */
static void bounce(struct delivery *d)
{
  struct message *m = d->m;
  enum result r = bounce_result(d);
  uint32_t i;

  log_bounce(d, r);
  if (r != RESULT_LATER)
    for (i = 0; i < m->fail.numbered; i++)
      if (m->fail.f[i].number == d->bounce && tell_now(m, i)) tell_told(m, m->fail.f[i].index);
  deliver_over(d, 0);
  round_event(m->k, m, r == RESULT_LATER ? ROUND_PUT_OFF : ROUND_BOUNCED);
}

/* One line a minute for each user. */
static void log_busy(struct delivery const *d, struct destination *user)
{
  long long now = io_clock();

  if (user->busy_told && now - user->busy_told < BUSY_LOG_MS) return;
  user->busy_told = now;
  maillog_busy(message_address(d->m, d->index[0]), user->queued + destination_parked(user) + 1);
}

/* What mail-lspawn says of whose delivery it was. Is that user busy, and so this was no try? */
static int whose(struct delivery const *d)
{
  struct destination *user;
  char name[KEY_NAME_MAX + 1];
  size_t len = keys_name(report.key, name);
  int busy = report.flags & REPORT_BUSY && len;

  if (!len) return 0;
  keys_learn(message_address(d->m, d->index[0]), report.key);
  user = busy ? destination_get(CHANNEL_LOCAL, name, len) : destination_find(CHANNEL_LOCAL, name, len);
  if (user) turns_busy(user, busy, io_clock());
  if (busy && user) log_busy(d, user);
  return busy && user;
}

/* What waits for a destination that was found dead is put off, unless it waits for an operator; of one that rests, what
   is loaded. */
static void release(struct destination *d)
{
  int dead = destination_dead(d, io_clock());
  struct group *g;
  known k;
  uint32_t n = 0, spread = SPREAD_SECONDS + retry_spread(destination_parked(d));
  int c;

  for (c = 0; c < CLASSES; c++) {
    while ((g = d->head[c])) {
      if (!dead) message_leave(g->m, LEAVE_TO_REST);
      groups_take_back(g, dead ? d->dead_until : d->hold, dead);
      round_ended(g);
    }
    while (dead && !d->stopped && (k = lot_take(d->lot + c)))
      round_later(k, (uint32_t)io_left(d->dead_until) / 1000 + 1 + n++ % spread);
  }
}

/* mail-open could not use it. Without an envelope nothing is queued: its writer could not make it last, and took it
   back (mail-queued(8)), or somebody removed it. */
static void unusable(struct message *m)
{
  char path[ID_PATH_MAX], mess[ID_PATH_MAX];
  int gone;

  id_path(mess, "mess", m->id);
  id_path(path, "todo", m->id);
  gone = access(path, F_OK) == -1 && errno == ENOENT;
  if (gone) log_line("warning: the envelope is gone, and the message forgotten: ", m->id);
  else log_line("alert: message or envelope is gone or damaged, left alone: queue/", mess, ", queue/", path);
  message_leave(m, gone ? LEAVE_GONE : LEAVE_STUCK);
}

static void delivery(struct delivery *d, enum agent by)
{
  struct message *m = d->m;
  struct group *g = d->g;
  struct destination *at = g->d;
  struct ending ending;
  uint32_t left = m->left;
  int rest, busy = by == AGENT_LSPAWN && whose(d);

  if (report.flags & REPORT_DAMAGED && by == AGENT_OPEN) unusable(m);
  else if (busy) message_busy(m, d->at, report.key);
  else results(d);
  ending_read(&ending, &report, by == AGENT_RSPAWN);
  deliver_over(d, &ending);
  rest = ending.down || destination_resting(at);
  if (m->left < left) message_ended(m);
  if (!busy && (m->left || m->owed)) settle_add(m, 0);
  if (rest) destination_keep(at);
  round_ended(g);
  if (rest) release(at);
  destination_keep(0);
}

void result_take(enum agent by, char const *s, size_t len)
{
  struct unpack u = { .s = s, .len = len };
  int sound = report_unpack(&report, s, len);
  struct delivery *d;

  if (!sound) {
    unpack_u8(&u);
    report.number = unpack_u32(&u);
  }
  d = deliver_find(report.number);
  if (!d || (by != AGENT_OPEN && by != d->agent) || (!sound && u.bad)) {
    log_line("warning: ", agent_name(by), sound ? ": report for no delivery of its own" : ": mangled report");
    return;
  }
  if (!sound) {
    log_line("warning: ", agent_name(by), ": mangled report");
    report_all(&report, d->number, d->n, RESULT_LATER, mangled);
  }
  if (d->g) delivery(d, by);
  else bounce(d);
}

void result_late(void)
{
  struct delivery *d;

  while ((d = deliver_late(io_clock() - route_settings.timeoutreport * 1000LL))) {
    log_line("alert: ", agent_name(d->agent), ": no report for ", d->m->id, "; it is given up and tried again");
    report_all(&report, d->number, d->n, RESULT_LATER, silence);
    if (d->g) delivery(d, d->agent);
    else bounce(d);
  }
}
