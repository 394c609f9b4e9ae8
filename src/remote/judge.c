/* judge.c - see judge.h */

#include <string.h>

#include "remote/judge.h"

static char const *const words[] = { "RSET", "MAIL", "RCPT", "DATA", "the message" };
static enum session_wait const waits[] = { WAIT_RSET, WAIT_MAIL, WAIT_RCPT, WAIT_DATA, WAIT_END };

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

  if (!r->mail_ok) return;
  if (!code) {                  /* the session broke over this one, who shall not hold up the others */
    if (!r->sent) outcome_set(r->o, i, RESULT_LATER, r->s->why);
    r->broken = 1;
    return;
  }
  if (success(code)) {
    r->o->rcpt[i].accepted = 1;
    r->o->rcpt[i].unasked = !(r->s->offered & EXT_DSN);
    r->accepted++;
    return;
  }
  if (code == 421) r->broken = 1;
  else r->refused++;
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
  session_tell(r->s, words[MESSAGE], result, text);
  if (result == RESULT_LATER) outcome_set_all(r->o, result, text);
  else outcome_close_accepted(r->o, result, text);
  r->s->need_reset = result != RESULT_DONE;
}

/* The host takes a chunk for commands: it has nothing, but gets no more of them. */
static int knows_no_chunk(struct run const *r, enum kind kind)
{
  unsigned int code = r->s->reply.code;

  return kind == MESSAGE && r->chunk && r->accepted && (reply_unknown(&r->s->reply) || code == 503 || code == 504);
}

/* A success that is none of this message: it is not there yet, or the status is one of addresses (RFC 3463 3.2). */
static int for_another(struct run const *r)
{
  char status[12];

  reply_status(&r->s->reply, status);
  return success(r->s->reply.code) && (r->s->cut || !strncmp(status, "2.1.", 4));
}

/* A reply that is none to its command: we no longer know what the host is talking about. */
static int out_of_step(struct run const *r, enum kind kind)
{
  unsigned int code = r->s->reply.code;

  if (kind == DATA && code == 354) return r->unasked;
  if (code / 100 == 3 || (r->unasked && code != 421)) return 1;
  return (kind == DATA && success(code)) || (kind == MESSAGE && r->accepted && for_another(r));
}

/* With a chunk no 354 showed that both are in step. Where more was said, that must be another success, or the end; a
   success without a status, which may be RCPT's, counts when NOOP is answered and not refused. */
static void look_behind(struct run *r)
{
  struct session *s = r->s;

  if (!r->chunk || !r->accepted || (!session_unread(s) && reply_has_status(&s->reply))) return;
  if (session_in_step(s, words[MESSAGE])) {
    if (!for_another(r)) return;
    session_out_of_step(s, words[MESSAGE]);
  }
  outcome_recall(r->o);
  r->lost = 1;
}

void judge(struct run *r, enum kind kind, uint32_t i)
{
  struct session *s = r->s;
  unsigned int code = session_reply(s, waits[kind], words[kind]);

  if (!code) r->lost = 1;
  else if (knows_no_chunk(r, kind)) {
    r->stale = s->no_chunk = 1;
    return;
  }
  else if (out_of_step(r, kind)) {
    session_out_of_step(s, words[kind]);
    outcome_recall(r->o);
    r->lost = 1;
    return;
  }
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
      if (success(code)) look_behind(r);
  }
  if (s->fd == -1 || code != 421) return;       /* nothing more is to be had (RFC 5321 3.8) */
  session_tell(s, words[kind], RESULT_LATER, s->why);
  session_drop(s);
}
