/* lmtp.c - see lmtp.h */

#include "remote/lmtp.h"

#define WHAT "the message"

/* A reply that ends the session (421), or that cannot stand here (3xx), leaves those behind it without one. */
static int goes_on(unsigned int code)
{
  return code != 421 && code / 100 != 3;
}

/* in the order of the RCPT commands that succeeded (RFC 2033 section 4.2) */
void lmtp_answers(struct session *s, struct outcome *o)
{
  char text[TEXT_MAX + 1];
  enum result result;
  unsigned int code = 0;
  uint32_t i;

  for (i = o->from; i < o->to; i++) {
    if (!o->rcpt[i].accepted) continue;
    code = session_reply(s, WAIT_END, WHAT);
    if (!code) break;
    result = code / 100 == 2 ? RESULT_DONE : code >= 500 ? RESULT_FAILED : RESULT_LATER;
    session_tell(s, WHAT, result, text);
    outcome_set(o, i, result, text);
    o->rcpt[i].accepted = 0;
    if (goes_on(code)) continue;
    session_tell(s, WHAT, RESULT_LATER, s->why);
    session_drop(s);
    break;
  }
  outcome_close_unknown(o, s->why);     /* whoever is left */
}
