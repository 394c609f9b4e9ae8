/* qmtp.c - see qmtp.h */

#include <stdio.h>
#include <string.h>

#include "in/qmtp.h"
#include "lib/addr/path.h"
#include "lib/io/log.h"

#define LIST_MAX 4194304        /* bytes of all recipients */
#define FRUITLESS_MAX 100
#define TEXTS_MAX 1048576       /* bytes of answers; what is refused beyond is put off */

static char const no_lines[] = "550 5.6.0 the message does not begin with LF or CR, which tells how its lines end";
static char const bad_sender[] = "501 5.1.7 the sender is no address: ";
static char const bad_recipient[] = "501 5.1.3 this is no address: ";
static char const too_many[] = "452 4.5.3 too many recipients: send the others again";
static char const probing[] = "421 4.7.0 too many refused recipients";
static char const no_memory[] = "452 4.3.0 out of memory";
static char const nobody_left[] = "550 5.5.1 no recipients";

void qmtp_start(struct qmtp *q, struct rules const *rules, struct peer const *peer, int in, int out)
{
  entry_start(&q->entry, "QMTP", rules, peer, in, out);
  gate_start(&q->gate, rules, &q->entry.peer);
  q->gate.protocol = "QMTP";
  q->fruitless = 0;
  budget_start(&q->budget, rules, gate_tries(&q->gate));
  named_start(&q->named, &q->entry.records);
  q->answers = q->texts = (stralloc)STRALLOC_ZERO;
}

/* the message: its first byte tells what its line ends are */
static int message(struct qmtp *q, struct message *m)
{
  struct entry *e = &q->entry;
  char *first = 0;
  size_t len;

  if (!frame_length(&e->in, ENTRY_MESSAGE_MAX, &len)) return 0;
  q->budget.bytes += (int64_t)len;
  if (len && !frame_some(&e->in, &first, 1, e->in.until)) return 0;
  if (!len || (*first != '\n' && *first != '\r')) entry_message(e, m, BODY_LF, no_lines, q->gate.wait);
  else entry_message(e, m, *first == '\r' ? BODY_CRLF : BODY_LF, 0, q->gate.wait);
  return entry_body(e, m, len ? len - 1 : 0);
}

/* one address; reply becomes empty, or when it is none a refusal that begins with the words none */
static int address(struct qmtp *q, struct path *p, char const *none, char reply[QMTP_REFUSAL_MAX])
{
  struct frame *in = &q->entry.in;
  char text[PATH_ADDRESS_MAX + 1], words[PATH_WRONG_MAX];
  size_t len;

  if (!frame_length(in, ENTRY_SWALLOW_MAX, &len) || !frame_text(in, text, len, sizeof text)) return 0;
  *reply = 0;
  if (path_plain(p, text, len) != PATH_GOOD) snprintf(reply, QMTP_REFUSAL_MAX, "%s%s", none, path_wrong(p, words));
  return 1;
}

static int sender(struct qmtp *q, struct message *m)
{
  struct entry *e = &q->entry;
  struct path p;
  char const *refusal;

  if (!address(q, &p, bad_sender, q->bad_sender)) return 0;
  refusal = *q->bad_sender ? q->bad_sender : gate_sender(&q->gate, &p);
  if (refusal) message_refuse(m, refusal);
  else memcpy(e->sender, p.address, p.len + 1);
  if (!entry_record(e, 'F', e->sender)) message_refuse(m, no_memory);
  return 1;
}

/* null: it is in the envelope now; else why not */
static char const *judge(struct qmtp *q, struct path *p)
{
  struct entry *e = &q->entry;
  size_t before = e->records.len;
  char const *refusal;

  refusal = gate_recipient(&q->gate, p);
  if (refusal) return refusal;
  if (q->wanted >= e->rules->maxrcpt || before + p->len + 2 > ENVELOPE_BYTES_MAX / 2) return too_many;
  if (!entry_record(e, 'T', p->address)) return no_memory;
  q->wanted++;
  if (named_has(&q->named, before)) {
    e->records.len = before;
    return 0;
  }
  refusal = gate_permits(&q->gate, e->sender, p->address);
  if (!refusal && !named_add(&q->named, before)) refusal = no_memory;
  if (!refusal) {
    e->rcpts++;
    return 0;
  }
  q->wanted--;
  e->records.len = before;
  return refusal;
}

static void log_refused(struct qmtp *q, char const *to, char const *refusal)
{
  entry_log(&q->entry, "refused");
  log_field("to", to);
  log_text(": ");
  log_string(refusal);
  log_end();
}

/* No recipient, no answer yet. The first text is for refusals that there is no room for. */
static int answers_start(struct qmtp *q)
{
  q->answers.len = q->texts.len = 0;
  q->last = 1;
  return stralloc_catb(&q->texts, "", 1) && stralloc_catb(&q->texts, too_many, sizeof too_many);
}

/* null: taken */
static int answer(struct qmtp *q, char const *refusal)
{
  size_t at = 0;

  if (refusal && strcmp(q->texts.s + q->last, refusal)) {
    q->last = 1;
    if (q->texts.len < TEXTS_MAX) {
      q->last = q->texts.len;
      if (!stralloc_catb(&q->texts, refusal, strlen(refusal) + 1)) return 0;
    }
  }
  if (refusal) at = q->last;
  return stralloc_catb(&q->answers, (char const *)&at, sizeof at);
}

/* The budgets that are used up answer at once, and without a line of the log for each: null, or that answer. */
static char const *used_up(struct qmtp *q)
{
  if (gate_closed(&q->gate)) return probing;
  if (q->budget.commands >= q->budget.commands_max) return too_many;
  q->budget.commands++;
  return 0;
}

static void refuse(struct qmtp *q, char const *to, char const *refusal)
{
  int pause = gate_count(&q->gate, refusal);

  log_refused(q, to, refusal);
  if (pause) wire_pause(&q->entry.wire, pause);
}

static int recipient(struct qmtp *q, struct message *m)
{
  struct path p;
  char none[QMTP_REFUSAL_MAX];
  char const *refusal;

  if (!address(q, &p, bad_recipient, none)) return 0;
  if (m->refusal) return answer(q, 0);  /* the message's own refusal is for all */
  refusal = used_up(q);
  if (refusal) return answer(q, refusal);
  refusal = *none ? none : judge(q, &p);
  if (refusal) refuse(q, *none ? "" : p.address, refusal);
  return answer(q, refusal);
}

static int recipients(struct qmtp *q, struct message *m)
{
  struct frame *in = &q->entry.in;
  size_t len;

  if (!frame_length(in, LIST_MAX, &len)) return 0;
  frame_enter(in, len);
  while (in->left)
    if (!recipient(q, m)) return 0;
  return frame_leave(in);
}

/* the request is whole: queue what is good of it, and say what became of each recipient */
static void finish(struct qmtp *q, struct message *m)
{
  struct entry *e = &q->entry;
  char taken[ENTRY_TAKEN_MAX];
  char const *refusal, *reply;
  size_t i, at;

  if (!e->rcpts) message_refuse(m, nobody_left);
  refusal = message_end(m, e->records.s, e->records.len);
  if (refusal != nobody_left) entry_log_message(e, m, refusal);
  reply = refusal ? refusal : entry_taken(e, taken);
  for (i = 0; i < q->answers.len; i += sizeof at) {
    memcpy(&at, q->answers.s + i, sizeof at);
    entry_reply(e, at ? q->texts.s + at : reply);
  }
  q->fruitless = refusal ? q->fruitless + 1 : 0;
  if (!refusal) q->budget.commands = 0;
}

static int request(struct qmtp *q)
{
  struct message m;

  entry_begin(&q->entry);
  named_clear(&q->named);
  q->wanted = 0;
  if (!answers_start(q) || !message(q, &m) || !sender(q, &m) || !recipients(q, &m)) return 0;
  finish(q, &m);
  return 1;
}

void qmtp_run(struct qmtp *q)
{
  char const *why = 0;

  while (!why && request(q)) {
    if (gate_closed(&q->gate)) why = "too many refused recipients";
    else if (q->budget.commands >= q->budget.commands_max) why = "too many recipients that were not taken";
    else if (q->fruitless >= FRUITLESS_MAX) why = "too many messages that were not taken";
    else if (budget_bytes_spent(&q->budget)) why = "too many bytes";
    else if (q->entry.wire.state != WIRE_OPEN) break;
  }
  entry_log_end(&q->entry, why);
  entry_close(&q->entry);
  gate_close(&q->gate);
  named_clear(&q->named);
  stralloc_free(&q->answers);
  stralloc_free(&q->texts);
}
