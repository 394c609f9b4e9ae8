/* stop.c - see stop.h */

#include "send/groups.h"
#include "send/held.h"
#include "send/retry.h"
#include "send/round.h"
#include "send/stop.h"
#include "send/turns.h"

void stop_domain(char const *domain, size_t len)
{
  struct message *m, *next;

  destination_stop(domain, len);
  for (m = message_first(); m; m = next) {
    next = message_next(m);
    if (m->phase != PHASE_ROUND || !held_goes_to(m, domain, len)) continue;
    groups_withdraw(m);
    message_hurry(m);
    round_event(m->k, m, ROUND_ENDED);
  }
}

/* Who waits for it beside other recipients. */
static void go(known k)
{
  if (backlog_flags(k) & KNOWN_PARTLY) backlog_hurry(k, retry_turn(backlog_now()));
}

void stop_end(struct destination *d)
{
  struct message *m;

  destination_go(d);
  turns_renew_one(d);
  for (m = message_first(); m; m = message_next(m))
    if (backlog_flags(m->k) & KNOWN_PARTLY) message_hurry(m);
  backlog_each(PLACE_TIMED, go);
}
