/*
 * transaction.c - see transaction.h
 *
 * The commands up to DATA are steps: with PIPELINING all are sent, then all answers are read, in the same order
 * (RFC 2920); without it each is sent and answered by itself. Either way an answer is judged in one place.
 *
 * With CHUNKING as well, a small message goes along with the commands (BDAT, RFC 3030 section 4.2), which saves the
 * round trip for DATA. It is in vain where nobody is accepted, so a larger one waits for that: then DATA is as quick.
 *
 * Answers are matched by order alone, so that one too many would count for the wrong command: nothing is sent while
 * something is unread, DATA's 354 shows that both sides are in step, and where they are not no answer counts.
 */

#include "remote/judge.h"
#include "remote/lmtp.h"
#include "remote/qmtp.h"
#include "remote/suits.h"
#include "remote/transaction.h"

#define BROKEN_MAX 10           /* sessions of a job that may come to nothing over its recipients */
#define BROKEN_FRUITLESS 5      /* one where nobody got an answer counts as so many */

static void put(struct run *r, enum kind kind, uint32_t i)
{
  struct session *s = r->s;

  switch (kind) {
    case RSET:
      session_text(s, "RSET\r\n", (char *)0);
      break;
    case MAIL:
      session_text(s, "MAIL FROM:", r->m->sender, (char *)0);
      params_mail(s, r->m, r->utf8);
      session_text(s, "\r\n", (char *)0);
      break;
    case RCPT:
      session_text(s, "RCPT TO:", r->o->rcpt[i].path, (char *)0);
      params_rcpt(s, r->m->job->rcpt + i, r->utf8);
      session_text(s, "\r\n", (char *)0);
      break;
    case DATA:
      session_text(s, "DATA\r\n", (char *)0);
      break;
    case MESSAGE:
      message_put_chunk(r->m->message, s);
  }
}

/* is the step of use, now that those before it are answered? */
static int wanted(struct run const *r, enum kind kind)
{
  if (kind == RCPT) return r->mail_ok;
  return kind != DATA || r->accepted;
}

static int goes_on(struct run const *r)
{
  return r->s->fd != -1 && !r->stale;
}

/* one step; together: it is only sent */
static void step(struct run *r, int together, enum kind kind, uint32_t i)
{
  if (!goes_on(r) || (!together && !wanted(r, kind))) return;
  r->unasked = !together && session_unread(r->s);
  if (!r->unasked) put(r, kind, i);
  if (together) return;
  session_flush(r->s);
  judge(r, kind, i);
}

static void steps(struct run *r, void (*each)(struct run *, int, enum kind, uint32_t), int together)
{
  uint32_t i;

  if (r->reset) each(r, together, RSET, 0);
  each(r, together, MAIL, 0);
  for (i = r->o->from; i < r->o->to; i++)
    if (r->o->rcpt[i].asked) each(r, together, RCPT, i);
  each(r, together, r->chunk ? MESSAGE : DATA, 0);
}

static void answer(struct run *r, int together, enum kind kind, uint32_t i)
{
  (void)together;
  if (goes_on(r)) judge(r, kind, i);
}

/* the message itself, after 354 */
static void body(struct run *r)
{
  int lmtp = r->s->protocol == PROTOCOL_LMTP;

  if (!r->accepted) {           /* a server that wants data for nobody gets none (RFC 2920 section 3.1) */
    session_text(r->s, ".\r\n", (char *)0);
    session_flush(r->s);
    if (lmtp) session_drop(r->s);       /* an answer for each of nobody */
    else session_reply(r->s, WAIT_END, "an empty message");
    return;
  }
  r->s->quiet = 1;
  r->sent = message_send(r->m->message, r->s);
  r->s->quiet = 0;
  if (r->s->fd == -1) return;
  if (lmtp) lmtp_answers(r->s, r->o);
  else judge(r, MESSAGE, 0);
}

/* May the message go along? Not behind a RSET, whose failure would leave open what became of the rest. */
static int as_chunk(struct run const *r)
{
  unsigned int both = EXT_CHUNKING | EXT_PIPELINING;

  return (r->s->offered & both) == both && r->s->protocol == PROTOCOL_SMTP && !r->reset
         && !r->s->no_chunk && !r->s->surplus && r->m->message->wire <= r->m->chunk_max;
}

/* The session came to its end before the message, over recipients that have their answer now: it is worth another one
   without them. Where nobody got an answer that is soon enough. */
static int worth_another(struct run const *r)
{
  int doubt = r->sent && r->lost;

  if (r->s->fd != -1 || doubt || r->go || !(r->broken || r->refused)) return 0;
  r->o->fruitless = !r->accepted && !r->refused;
  r->s->broken += r->o->fruitless ? BROKEN_FRUITLESS : 1;
  return r->s->broken <= BROKEN_MAX;
}

/* one transaction for those who are asked in it */
static enum transaction once(struct session *s, struct mail const *m, struct outcome *o)
{
  struct run r = { .s = s, .m = m, .o = o, .reset = s->need_reset };
  int together = s->offered & EXT_PIPELINING && !s->surplus;

  if (s->protocol == PROTOCOL_QMTP) return qmtp(s, m, o) ? TRANSACTION_OVER : TRANSACTION_STALE;
  if (s->messages && session_unread(s)) {       /* it gives up, or we are out of step with it */
    session_drop(s);
    return TRANSACTION_STALE;
  }
  r.utf8 = suits_utf8(s, m, o);
  r.chunk = as_chunk(&r);
  s->need_reset = 1;
  steps(&r, step, together);
  if (together) {
    r.sent = session_flush(s) && r.chunk;
    steps(&r, answer, together);
  }
  if (r.stale) {
    session_drop(s);
    return TRANSACTION_STALE;
  }
  s->messages++;
  if (goes_on(&r) && r.go) body(&r);
  if (s->cut) session_drop(s);
  if (r.lost && r.sent) outcome_close_unknown(o, s->why);
  return worth_another(&r) ? TRANSACTION_STALE : TRANSACTION_OVER;
}

enum transaction transaction(struct session *s, struct mail const *m, struct outcome *o)
{
  uint64_t max = s->rcpt_max && s->rcpt_max < m->rcpts_max ? s->rcpt_max : m->rcpts_max;

  if (!suits(s, m, o)) return TRANSACTION_OVER;
  while (s->fd != -1 && outcome_ask(o, max)) {
    int spent = s->spent || (s->mail_max && s->messages >= s->mail_max) || (s->surplus && s->messages);
    if (spent) session_quit(s);
    if (spent || once(s, m, o) == TRANSACTION_STALE) {
      outcome_again(o);
      return TRANSACTION_STALE;
    }
  }
  if (s->fd == -1) outcome_set_untold(o, RESULT_LATER, s->why);
  return TRANSACTION_OVER;
}
