/* tell.c - see tell.h */

#include <stdio.h>

#include "door/job.h"
#include "send/maillog.h"
#include "send/reasons.h"
#include "send/retry.h"
#include "send/tell.h"
#include "lib/addr/verp.h"
#include "lib/io/log.h"
#include "lib/smtp/notify.h"

#define BOUNCE_NUMBER_MAX 9999  /* lib/msg/id.h */
#define BOUNCES_AT_ONCE 10      /* of a round; the last is about all that are left, and lists what it can */

/* What was asked for, or these bits where nothing was. */
static int asked(struct message const *m, uint32_t i, int otherwise)
{
  char const *notify = param_get(message_params(m, i), 'n');

  return notify ? notify_bits(notify) : otherwise;
}

/* A bounce or double bounce asks for nothing. */
static int wants(struct message const *m, uint32_t i, int bit, int otherwise)
{
  return !verp_is_nobody(m->env.sender) && asked(m, i, otherwise ? bit : 0) & bit;
}

/* RFC 3461 section 4.1: failures are told unless NOTIFY names something else only. */
static int wants_failures(struct message const *m, uint32_t i)
{
  int bits = asked(m, i, NOTIFY_FAILURE);

  return !bits || bits & NOTIFY_FAILURE;
}

int tell_failed(struct message *m, uint32_t i, char const *text, size_t len)
{
  int wanted = wants_failures(m, i);

  if (wanted && failures_add(&m->fail, ACTION_FAILED, i, text, len) == -1) return -1;
  message_mark(m, i, wanted ? MARK_FAILED : MARK_TOLD);
  return 0;
}

void tell_expired(struct message *m)
{
  static char const expired[] = "5.4.7 message expired; the administrator of this host has given it up";
  char given_up[TEXT_MAX];
  char const *why = reasons_of(m->k);
  int n = snprintf(given_up, sizeof given_up, "%s%s%s", expired, *why ? ": " : "", why);
  size_t len = (size_t)n < sizeof given_up ? (size_t)n : sizeof given_up - 1;
  uint32_t i;

  for (i = 0; i < m->targets; i++) {
    uint32_t index = m->target[i].index;
    if (tell_failed(m, index, given_up, len) == -1) message_put_off(m, RETRY_LOCAL);
    else maillog_result(m, index, "failed", 0, given_up, len);
  }
}

/* Without memory for the text it is marked all the same: it is delivered, and tell_number has words for it. */
void tell_done(struct message *m, uint32_t i, enum action action, char const *text, size_t len)
{
  int wanted = action && wants(m, i, NOTIFY_SUCCESS, 0);

  if (wanted) failures_add(&m->fail, action, i, text, len);
  message_mark(m, i, wanted ? MARK_REPORT : MARK_DONE);
}

void tell_late(struct message *m, uint32_t i, char const *text, size_t len)
{
  if (!m->late || m->mark[i] != MARK_OPEN || !wants(m, i, NOTIFY_DELAY, (int)route_settings.delaynoticeall)) return;
  if (failures_add(&m->fail, ACTION_DELAYED, i, text, len) == 0) message_mark(m, i, MARK_LATE);
}

/* Is this record what the mark of its recipient owes? */
static int owes(struct message const *m, struct failure const *f)
{
  switch (m->mark[f->index]) {
    case MARK_FAILED: return f->action == ACTION_FAILED;
    case MARK_REPORT: return f->action == ACTION_DELIVERED || f->action == ACTION_RELAYED;
    case MARK_LATE: return f->action == ACTION_DELAYED;
    default: return 0;
  }
}

int tell_now(struct message const *m, uint32_t i)
{
  struct failure const *f = m->fail.f + i;

  return m->fail.latest[f->index] == i + 1 && owes(m, f);
}

void tell_told(struct message *m, uint32_t i)
{
  switch (m->mark[i]) {
    case MARK_FAILED: message_mark(m, i, MARK_TOLD); break;
    case MARK_REPORT: message_mark(m, i, MARK_DONE); break;
    case MARK_LATE: message_mark(m, i, MARK_WARNED); break;
    default: break;
  }
}

/* A mark without its record, since the file was damaged or memory short. Relayed is the least that success means. */
static int add_lost(struct message *m, uint32_t i)
{
  static char const failed[] = "5.0.0 the reason was lost", done[] = "2.0.0 the reply was lost",
                    late[] = "4.0.0 the reason was lost";
  struct failures *f = &m->fail;

  if (!mark_owed(m->mark[i]) || (f->latest && f->latest[i] && tell_now(m, f->latest[i] - 1))) return 0;
  if (m->mark[i] == MARK_FAILED) return failures_add(f, ACTION_FAILED, i, failed, sizeof failed - 1);
  if (m->mark[i] == MARK_REPORT) return failures_add(f, ACTION_RELAYED, i, done, sizeof done - 1);
  return failures_add(f, ACTION_DELAYED, i, late, sizeof late - 1);
}

/* An ID has room for so many bounces; what comes after them is told to the log alone. */
static int give_up_telling(struct message *m)
{
  uint32_t i;

  log_line("alert: too many bounces, the sender is not told of all failures: ", m->id);
  for (i = m->fail.numbered; i < m->fail.n; i++) tell_told(m, m->fail.f[i].index);
  return 0;
}

/* How many of those without a number fit the next job. */
static uint32_t next_lot(struct message const *m)
{
  struct failures const *f = &m->fail;
  size_t room = JOB_ROOM, cost;
  uint32_t n = 0;

  for (; f->numbered + n < f->n && n < JOB_RCPTS_MAX; n++, room -= cost) {
    struct failure const *next = f->f + f->numbered + n;
    cost = message_cost(m, next->index, next->len);
    if (cost > room) break;
  }
  return n;
}

int tell_number(struct message *m)
{
  struct failures *f = &m->fail;
  uint32_t number = f->highest > m->st.bounces ? f->highest : m->st.bounces, i, n = 0;

  for (i = 0; i < m->env.rcpts && m->owed; i++)
    if (add_lost(m, i) == -1) return -1;
  while (f->numbered < f->n) {
    if (number >= BOUNCE_NUMBER_MAX) return give_up_telling(m);
    n++;
    if (failures_number(f, ++number, n < BOUNCES_AT_ONCE ? next_lot(m) : f->n - f->numbered) == -1) return -1;
    message_bounce_number(m, number);
  }
  return 0;
}
