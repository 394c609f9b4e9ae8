/*
 * transaction.c - see transaction.h
 *
 * The commands up to DATA are steps: with PIPELINING all are sent, then all answers are read, in the same order
 * (RFC 2920); without it each is sent and answered by itself. Either way an answer is judged in one place.
 *
 * With CHUNKING as well, a small message goes along with the commands (BDAT, RFC 3030 section 4.2), which saves the
 * round trip for DATA. It is in vain where nobody is accepted, so a larger one waits for that: then DATA is as quick.
 */

#include <stdio.h>
#include <string.h>

#include "remote/lmtp.h"
#include "remote/qmtp.h"
#include "remote/suits.h"
#include "remote/transaction.h"

enum kind { RSET, MAIL, RCPT, DATA, MESSAGE };

static char const *const words[] = { "RSET", "MAIL", "RCPT", "DATA", "the message" };
static enum session_wait const waits[] = { WAIT_RSET, WAIT_MAIL, WAIT_RCPT, WAIT_DATA, WAIT_END };

struct run {
  struct session *s;
  struct mail const *m;
  struct outcome *o;
  int utf8;                     /* the transaction has SMTPUTF8 */
  int mail_ok, stale;
  unsigned int accepted;        /* recipients */
  int go;                       /* DATA was answered with 354 */
  int reset;                    /* it begins with RSET */
  int chunk;                    /* the message goes along with the commands */
  int sent;                     /* the host may have the whole message */
  int lost;                     /* the session broke before all answers were read, or they made no sense */
};

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

/* The result for a code that is not success; one that fits no rule (RFC 5321 4.2.1) is temporary. A 552 to RCPT means
   "too many recipients" from old servers (RFC 5321 4.5.3.1.10), unless its status says something else. */
static enum result verdict(struct session const *s, enum kind kind)
{
  char status[12];

  if (s->reply.code < 500) return RESULT_LATER;
  if (kind != RCPT || s->reply.code != 552) return RESULT_FAILED;
  reply_status(&s->reply, status);
  return !strcmp(status, "5.0.0") || !strcmp(status, "5.5.3") ? RESULT_LATER : RESULT_FAILED;
}

static int success(unsigned int code)
{
  return code >= 200 && code < 300;
}

static void judge_mail(struct run *r, unsigned int code)
{
  char text[TEXT_MAX + 1];

  if (success(code)) {
    r->mail_ok = 1;
    return;
  }
  if (!code && r->s->closed) r->sent = 0;       /* answers come in order: none was given, none is lost */
  if (((!code && !r->sent) || code == 421) && r->s->messages) {
    r->stale = 1;
    session_drop(r->s);
    return;
  }
  if (!code) return;
  session_tell(r->s, "MAIL", verdict(r->s, MAIL), text);
  outcome_set_all(r->o, verdict(r->s, MAIL), text);
}

/* Enough recipients for one transaction (RFC 5321 4.5.3.1.10), which is no word about this one. Where none was
   accepted before, another transaction would hear the same. */
static int too_many(struct run const *r)
{
  char status[12];

  reply_status(&r->s->reply, status);
  if (!r->accepted || verdict(r->s, RCPT) != RESULT_LATER) return 0;
  if (!strcmp(status + 1, ".5.3")) return 1;
  return !strcmp(status + 1, ".0.0") && (r->s->reply.code == 452 || r->s->reply.code == 552);
}

static void judge_rcpt(struct run *r, unsigned int code, uint32_t i)
{
  char text[TEXT_MAX + 1];

  if (!code || !r->mail_ok) return;
  if (success(code)) {
    r->o->rcpt[i].accepted = 1;
    r->o->rcpt[i].unasked = !(r->s->offered & EXT_DSN);
    r->accepted++;
    return;
  }
  session_tell(r->s, "RCPT", verdict(r->s, RCPT), text);
  if (too_many(r)) outcome_put_off(r->o, i, text);
  else outcome_set(r->o, i, verdict(r->s, RCPT), text);
}

static void judge_data(struct run *r, unsigned int code)
{
  char text[TEXT_MAX + 1];

  if (code == 354) r->go = 1;
  if (!code || r->go || !r->accepted) return;
  session_tell(r->s, "DATA", verdict(r->s, DATA), text);
  if (verdict(r->s, DATA) == RESULT_FAILED) outcome_close_accepted(r->o, RESULT_FAILED, text);
  else outcome_set_all(r->o, RESULT_LATER, text);
}

static void judge_message(struct run *r, unsigned int code)
{
  char text[TEXT_MAX + 1];
  enum result result = success(code) ? RESULT_DONE : verdict(r->s, MESSAGE);

  if (!code || !r->accepted) return;
  if (r->chunk && reply_unknown(&r->s->reply)) result = RESULT_LATER;   /* of BDAT, not of the message */
  session_tell(r->s, words[MESSAGE], result, text);
  if (result == RESULT_LATER) outcome_set_all(r->o, result, text);
  else outcome_close_accepted(r->o, result, text);
  r->s->need_reset = result != RESULT_DONE;
}

/* After 421 nothing more is to be had (RFC 5321 3.8); a 3xx that was not asked for, or a success where 354 was due,
   means that we no longer know what the host is talking about; nor does one that takes a chunk for commands. */
static int out_of_step(struct run const *r, enum kind kind)
{
  unsigned int code = r->s->reply.code;

  if (kind == DATA && r->go) return 0;
  if (kind == MESSAGE && r->chunk && reply_unknown(&r->s->reply)) return 1;
  return code == 421 || code / 100 == 3 || (kind == DATA && success(code));
}

static void judge(struct run *r, enum kind kind, uint32_t i)
{
  struct session *s = r->s;
  unsigned int code = session_reply(s, waits[kind], words[kind]);

  switch (kind) {
    case RSET:
      if (code != 250) r->stale = 1;
      break;
    case MAIL:
      judge_mail(r, code);
      break;
    case RCPT:
      judge_rcpt(r, code, i);
      break;
    case DATA:
      judge_data(r, code);
      break;
    case MESSAGE:
      judge_message(r, code);
  }
  if (!code) r->lost = 1;
  if (s->fd == -1 || !out_of_step(r, kind)) return;
  if (code != 421) r->lost = 1;
  session_tell(s, words[kind], RESULT_LATER, s->why);
  session_drop(s);
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
  put(r, kind, i);
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
  r->sent = message_send(r->m->message, r->s);
  if (r->sent && lmtp) lmtp_answers(r->s, r->o);
  else if (r->sent) judge(r, MESSAGE, 0);
}

/* May the message go along? Not behind a RSET, whose failure would leave open what became of the rest. */
static int as_chunk(struct run const *r)
{
  unsigned int both = EXT_CHUNKING | EXT_PIPELINING;

  return (r->s->offered & both) == both && r->s->protocol == PROTOCOL_SMTP && !r->reset
         && r->m->message->wire <= r->m->chunk_max;
}

/* one transaction for those who are asked in it */
static enum transaction once(struct session *s, struct mail const *m, struct outcome *o)
{
  struct run r = { .s = s, .m = m, .o = o, .reset = s->need_reset };
  int together = !!(s->offered & EXT_PIPELINING);

  if (s->protocol == PROTOCOL_QMTP) return qmtp(s, m, o) ? TRANSACTION_OVER : TRANSACTION_STALE;
  r.utf8 = suits_utf8(s, m, o);
  r.chunk = as_chunk(&r);
  s->need_reset = 1;
  steps(&r, step, together);
  if (together) {
    if (!session_flush(s) && s->messages) r.stale = 1;
    r.sent = r.chunk && s->fd != -1;
    steps(&r, answer, together);
  }
  if (r.stale) {
    session_drop(s);
    return TRANSACTION_STALE;
  }
  s->messages++;
  if (goes_on(&r) && r.go) body(&r);
  if (r.lost && r.sent) outcome_close_unknown(o, s->why);
  return TRANSACTION_OVER;
}

enum transaction transaction(struct session *s, struct mail const *m, struct outcome *o)
{
  uint64_t max = s->rcpt_max && s->rcpt_max < m->rcpts_max ? s->rcpt_max : m->rcpts_max;

  if (!suits(s, m, o)) return TRANSACTION_OVER;
  while (s->fd != -1 && outcome_ask(o, max)) {
    int spent = s->mail_max && s->messages >= s->mail_max;
    if (spent) session_quit(s);
    if (spent || once(s, m, o) == TRANSACTION_STALE) {
      outcome_again(o);
      return TRANSACTION_STALE;
    }
  }
  if (s->fd == -1) outcome_set_untold(o, RESULT_LATER, s->why);
  return TRANSACTION_OVER;
}
