/* qmtp.c - see qmtp.h */

#include <stdio.h>
#include <string.h>

#include "in/qmtp.h"
#include "lib/addr/path.h"

#define LIST_MAX 4194304        /* bytes of all recipients */
#define FRUITLESS_MAX 100
#define TEXTS_MAX 1048576       /* bytes of answers; what is refused beyond is put off */

static char const no_lines[] = "550 5.6.0 the message does not begin with LF or CR, which tells how its lines end";
static char const bad_sender[] = "501 5.1.7 the sender is no address: ";
static char const bad_recipient[] = "501 5.1.3 this is no address: ";
static char const too_many[] = "452 4.5.3 too many recipients: send the others again";
static char const probing[] = "421 4.7.0 too many refused recipients";
static char const nobody_left[] = "550 5.5.1 no recipients";

void qmtp_start(struct qmtp *q, struct visit const *visit)
{
  entry_start(&q->entry, "QMTP", visit);
  q->fruitless = 0;
  q->answers = q->texts = (stralloc)STRALLOC_ZERO;
}

/* the message: its first byte tells what its line ends are */
static int message(struct qmtp *q, struct message *m)
{
  struct entry *e = &q->entry;
  char *first = 0;
  size_t len;

  if (!frame_length(&e->in, ENTRY_MESSAGE_MAX, &len)) return 0;
  q->entry.c.budget.bytes += (int64_t)len;
  if (len && !frame_some(&e->in, &first, 1, e->in.until)) return 0;
  if (!len || (*first != '\n' && *first != '\r')) entry_message(e, m, BODY_LF, no_lines);
  else entry_message(e, m, *first == '\r' ? BODY_CRLF : BODY_LF, 0);
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
  struct client *c = &q->entry.c;
  struct path p;
  char const *refusal;

  if (!address(q, &p, bad_sender, q->bad_sender)) return 0;
  refusal = *q->bad_sender ? q->bad_sender : gate_sender(&c->gate, &p);
  if (!refusal) refusal = client_sender(c, p.address, "", 0);
  if (refusal) message_refuse(m, refusal);
  return 1;
}

/* null: it is in the envelope now; else why not */
static char const *judge(struct client *c, struct path *p)
{
  char const *refusal = gate_recipient(&c->gate, p);

  if (refusal) return refusal;
  return client_full(c, p->len) ? too_many : client_recipient(c, p->address, "", 0);
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
static char const *used_up(struct client *c)
{
  if (gate_closed(&c->gate)) return probing;
  if (c->budget.commands >= c->budget.commands_max) return too_many;
  c->budget.commands++;
  return 0;
}

static int recipient(struct qmtp *q, struct message *m)
{
  struct path p;
  char none[QMTP_REFUSAL_MAX];
  char const *refusal;

  if (!address(q, &p, bad_recipient, none)) return 0;
  if (m->refusal) return answer(q, 0);  /* the message's own refusal is for all */
  refusal = used_up(&q->entry.c);
  if (refusal) return answer(q, refusal);
  refusal = *none ? none : judge(&q->entry.c, &p);
  if (refusal) client_refuse(&q->entry.c, *none ? "" : p.address, refusal);
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
  char taken[CLIENT_TAKEN_MAX];
  char const *refusal, *reply;
  int nobody = !m->refusal && !e->c.rcpts;
  size_t i, at;

  if (nobody) message_refuse(m, nobody_left);
  refusal = message_end(m);
  if (!nobody) client_log_message(&e->c, m->body.bytes, refusal);
  reply = refusal ? refusal : client_taken(&e->c, taken);
  for (i = 0; i < q->answers.len; i += sizeof at) {
    memcpy(&at, q->answers.s + i, sizeof at);
    entry_reply(e, at ? q->texts.s + at : reply);
  }
  q->fruitless = refusal ? q->fruitless + 1 : 0;
  if (!refusal) e->c.budget.commands = 0;
}

static int request(struct qmtp *q)
{
  struct message m;

  entry_begin(&q->entry);
  if (!answers_start(q) || !message(q, &m) || !sender(q, &m) || !recipients(q, &m)) return 0;
  finish(q, &m);
  return 1;
}

void qmtp_run(struct qmtp *q)
{
  struct client *c = &q->entry.c;
  char const *why = 0;

  while (!why && request(q)) {
    if (gate_closed(&c->gate)) why = "too many refused recipients";
    else if (c->budget.commands >= c->budget.commands_max) why = "too many recipients that were not taken";
    else if (q->fruitless >= FRUITLESS_MAX) why = "too many messages that were not taken";
    else if (budget_bytes_spent(&c->budget)) why = "too many bytes";
    else if (c->wire.state != WIRE_OPEN) break;
  }
  entry_end(&q->entry, why);
  stralloc_free(&q->answers);
  stralloc_free(&q->texts);
}
