/* lmtp.c - see lmtp.h */

#include "remote/lmtp.h"

#define WHAT "the message"

/* 3xx, and a success before the message was there: those behind it are without a reply, as after 421 */
static int out_of_place(struct session const *s, unsigned int code)
{
  return code / 100 == 3 || (s->cut && code < 400);
}

/* Who has no reply. Before it has the whole message, a host may say once for all what is wrong with it. */
static void settle_rest(struct session *s, struct outcome *o, int whole, unsigned int replies, enum result last,
                        char const *text)
{
  if (whole) outcome_close_unknown(o, s->why);
  else if (replies == 1 && last == RESULT_FAILED) outcome_close_accepted(o, last, text);
  else if (replies == 1) outcome_set_all(o, last, text);
}

/* One answer too many among several: whose is whose is known only where all say that it was taken. Where they differ,
   what comes before QUIT's own reply tells of one that is late; NOOP's would look like it. */
static void look_behind(struct session *s, struct outcome *o, unsigned int replies, unsigned int taken)
{
  if (replies < 2) return;
  if (taken == replies && session_in_step(s, WHAT)) return;
  if (taken < replies && session_over_in_step(s, WHAT)) return;
  outcome_recall(o);
  outcome_close_unknown(o, s->why);
}

/* in the order of the RCPT commands that succeeded (RFC 2033 section 4.2) */
void lmtp_answers(struct session *s, struct outcome *o)
{
  char text[TEXT_MAX + 1];
  enum result result = RESULT_LATER;
  unsigned int code, replies = 0, taken = 0;
  int whole = !s->cut;
  uint32_t i;

  for (i = o->from; i < o->to; i++) {
    if (!o->rcpt[i].accepted) continue;
    code = session_reply(s, WAIT_END, WHAT);
    if (!code) break;
    if (out_of_place(s, code)) {
      session_out_of_step(s, WHAT);
      break;
    }
    result = code / 100 == 2 ? RESULT_DONE : code >= 500 ? RESULT_FAILED : RESULT_LATER;
    session_tell(s, WHAT, result, text);
    outcome_set(o, i, result, text);
    o->rcpt[i].accepted = 0;
    replies++;
    taken += result == RESULT_DONE;
    if (code != 421) continue;
    session_tell(s, WHAT, RESULT_LATER, s->why);
    session_drop(s);
    break;
  }
  if (i == o->to && whole) look_behind(s, o, replies, taken);
  else settle_rest(s, o, whole, replies, result, text);
}
