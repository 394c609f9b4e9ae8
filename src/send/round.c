/* round.c - see round.h */

#include <string.h>

#include "send/clean.h"
#include "send/deliver.h"
#include "send/groups.h"
#include "send/held.h"
#include "send/load.h"
#include "send/maillog.h"
#include "send/memory.h"
#include "send/retry.h"
#include "send/round.h"
#include "send/settle.h"
#include "send/tell.h"
#include "lib/io/log.h"

#define TROUBLE_SECONDS 60      /* after an error of the system */
#define MEMORY_SECONDS 10
#define CROWD 1000              /* loaded messages: those with nothing under way give up their place */

void round_later(known k, uint32_t seconds)
{
  backlog_at(k, message_once ? NEVER : backlog_now() + seconds);
}

static known unload(struct message *m)
{
  known k = m->k;

  message_free(m);
  return k;
}

/* All is done. */
static enum phase removing(struct message *m)
{
  if (m->from >= m->to) clean_ask(unload(m), 0);
  else {
    message_phase(m, PHASE_REMOVING);
    clean_ask(m->k, m);
  }
  return PHASE_REMOVING;
}

/* The round goes on with the next part in its turn, behind others. */
static void leave_part(struct message *m)
{
  backlog_set_cursor(m->k, m->part.next);
  backlog_flag(m->k, KNOWN_TRIED, m->counted ? KNOWN_TRIED : 0);
  memory_wait(m->k, m->env.uid, m->weight);
  message_free(m);
}

/* The next round begins with the first part. */
static known unload_whole(struct message *m)
{
  backlog_set_cursor(m->k, 0);
  backlog_flag(m->k, KNOWN_TRIED, 0);
  return unload(m);
}

static void leave_until(struct message *m, uint32_t due)
{
  uint32_t now = backlog_now();

  round_later(unload_whole(m), due > now ? due - now : 0);
}

/* The round, or a part of it, is over, and what has come of it is on disk. */
static enum phase leave(struct message *m)
{
  known k = m->k;
  unsigned int flags = backlog_flags(k);
  enum leaving why = m->leaving;
  int yields = why == LEAVE_TO_REST || why == LEAVE_FOR_OTHERS;
  struct lot *l = yields && !m->hurry ? target_lot(m->target, m->targets, m->class, why == LEAVE_FOR_OTHERS) : 0;

  if (!l && !m->hurry && !m->owed) l = held_lot(m);
  if (!m->hurry && !m->part.next) backlog_flag(k, KNOWN_RETRY, 0);
  if (!m->left && !m->owed && why < LEAVE_STUCK && !(flags & KNOWN_DONE)) return removing(m);
  if (l) lot_park(l, unload(m), PLACE_LOT);
  else if (why == LEAVE_STUCK) backlog_put(unload(m), PLACE_STUCK);
  else if (why == LEAVE_GONE) backlog_forget(unload(m));
  else if (flags & KNOWN_HOLD && !(flags & KNOWN_DONE)) backlog_put(unload_whole(m), PLACE_HELD);
  else if (m->part.next && !(m->hurry && flags & KNOWN_WISH) && why != LEAVE_FOR_OTHERS) leave_part(m);
  else if (why == LEAVE_CROWDED || why == LEAVE_FOR_OTHERS) backlog_at(unload(m), backlog_now() + GROUPS_FULL_SECONDS);
  else leave_until(m, flags & KNOWN_DONE ? backlog_now() + TROUBLE_SECONDS : m->hurry ? 0 : m->due);
  return round_phase(k);
}

static enum phase settled(known k, struct message *m)
{
  int tells = !message_stopping && m->owed && !m->part.next && !(backlog_flags(k) & KNOWN_DROP);

  if (m->phase == PHASE_REMOVING) {
    backlog_flag(k, 0, KNOWN_DONE);
    message_free(m);
    return PHASE_REMOVING;
  }
  if (m->phase == PHASE_SETTLING && tells && deliver_bounce(m)) message_phase(m, PHASE_BOUNCING);
  else if (m->phase == PHASE_SETTLING || m->phase == PHASE_LEAVING) return leave(m);
  return m->phase;
}

static int unwritten(struct message const *m)
{
  return m->link[LINK_SETTLE].line || m->from < m->to || m->head || m->fail.pending.len;
}

/* Nothing waits, nothing is under way. */
static enum phase end(struct message *m)
{
  if (!m->left && !m->owed) return leave(m);
  message_next_try(m);
  if (m->owed && !m->part.next && tell_number(m) == -1) log_line("warning: out of memory, no bounce yet: ", m->id);
  message_phase(m, m->leaving >= LEAVE_STUCK ? PHASE_LEAVING : PHASE_SETTLING);
  if (!unwritten(m)) return settled(m->k, m);
  settle_add(m, 1);
  return m->phase;
}

static int all_opened(struct message const *m)
{
  return m->opened == m->targets;
}

/* Opens more groups, or ends the round. */
static enum phase go_on(known k, struct message *m)
{
  if (m->base && !m->counted) message_next_try(m);      /* in the file within a second, however long the round takes */
  if (m->leaving >= LEAVE_STUCK || backlog_flags(k) & KNOWN_WISH) groups_withdraw(m);
  if (!m->flights && m->groups && all_opened(m) && message_count() > CROWD && groups_spare(m)) {
    groups_withdraw(m);
    message_leave(m, LEAVE_FOR_OTHERS);
  }
  if (!message_stopping && m->busy && !m->groups && all_opened(m)) message_again(m);
  if (!message_stopping) groups_open(m);
  if (m->groups || m->flights || (message_stopping && (m->busy || !all_opened(m)))) return PHASE_ROUND;
  return end(m);
}

static enum phase begin(struct message *m)
{
  unsigned int flags = backlog_flags(m->k);
  struct lot *held = m->owed ? 0 : held_lot(m);

  if (!m->st.whole && !(flags & KNOWN_TOLD)) maillog_new(m);
  backlog_flag(m->k, KNOWN_PARTLY, KNOWN_TOLD);
  message_phase(m, PHASE_ROUND);
  if (flags & KNOWN_EXPIRE) tell_expired(m);
  if (flags & KNOWN_EXPIRE && !m->left) backlog_flag(m->k, KNOWN_WISH, 0);
  if (flags & KNOWN_WISH) return end(m);
  if (held) {
    lot_park(held, unload_whole(m), PLACE_LOT);
    return PHASE_WAITING;
  }
  if (memory_large(m->weight) || !target_lot(m->target, m->targets, m->class, 0)) return go_on(m->k, m);
  message_leave(m, LEAVE_TO_REST);      /* large ones have waited for memory */
  return leave(m);
}

static enum phase turn(known k, struct message *m)
{
  unsigned int flags = backlog_flags(k);

  if (flags & (KNOWN_DONE | KNOWN_DROP)) {
    backlog_flag(k, 0, KNOWN_DONE);
    clean_ask(k, 0);
    return PHASE_REMOVING;
  }
  if (flags & KNOWN_HOLD) backlog_put(k, PLACE_HELD);
  else switch (load_message(k, &m)) {
    case LOAD_LOADED: return begin(m);
    case LOAD_GONE: backlog_forget(k); break;
    case LOAD_STUCK: backlog_put(k, PLACE_STUCK); break;
    case LOAD_PARKED: break;
    case LOAD_TROUBLE: round_later(k, TROUBLE_SECONDS); break;
    case LOAD_NO_MEMORY: round_later(k, MEMORY_SECONDS); break;
  }
  return round_phase(k);
}

static enum phase write_down(struct message *m, enum phase p)
{
  message_phase(m, p);
  settle_add(m, 1);
  return p;
}

static enum phase bounced(known k, struct message *m)
{
  (void)k;
  return write_down(m, PHASE_SETTLING);
}

static enum phase put_off(known k, struct message *m)
{
  (void)k;
  message_put_off(m, RETRY_REMOTE);
  message_next_try(m);
  return write_down(m, PHASE_LEAVING);
}

static enum phase removed(known k, struct message *m)
{
  char id[ID_MAX + 1];

  backlog_id(k, id);
  if (m) message_free(m);
  if (backlog_flags(k) & KNOWN_TRACES) {
    state_remove(id);
    failures_remove(id);
  }
  maillog_end(id);
  backlog_forget(k);
  return PHASE_GONE;
}

/* A state file is to say that all is done; it is asked for later. */
static enum phase kept(known k, struct message *m)
{
  char id[ID_MAX + 1];

  backlog_id(k, id);
  log_line("warning: mail-clean could not remove ", id);
  backlog_flag(k, 0, KNOWN_DONE);
  if (!m) {
    round_later(k, TROUBLE_SECONDS);
    return PHASE_REMOVING;
  }
  backlog_put(k, PLACE_LOADED);
  return write_down(m, PHASE_LEAVING);
}

/* Also to look at it, with the wish that there is. When all that is queued is released, new mail goes on meanwhile. */
static enum phase wish(known k, struct message *m, enum round_event e)
{
  static unsigned int const what[ROUND_EVENTS] = {
    [ROUND_HOLD] = KNOWN_HOLD, [ROUND_EXPIRE] = KNOWN_EXPIRE, [ROUND_DROP] = KNOWN_DROP, [ROUND_RETRY] = KNOWN_RETRY
  };
  int stuck = backlog_place(k) == PLACE_STUCK && (e == ROUND_HOLD || e == ROUND_RELEASE);

  if (e != ROUND_LOOK) backlog_flag(k, KNOWN_WISH, what[e]);
  if (m) message_hurry(m);
  if (m && e == ROUND_DROP && deliver_no_bounce(m)) return write_down(m, PHASE_LEAVING);
  if (m) return m->phase;
  if (e == ROUND_HOLD) backlog_hold(k);
  else if (!stuck) backlog_hurry(k, e == ROUND_LOOK ? 0 : retry_turn(backlog_now()));
  return round_phase(k);
}

static void complain(known k, char const *what, enum phase from, char const *event)
{
  char const phase[2] = { ROUND_LETTERS[from], 0 };
  char id[ID_MAX + 1];

  backlog_id(k, id);
  log_line("alert: ", id, ": ", what, event, ", phase ", phase);
}

int round_event(known k, struct message *m, enum round_event e)
{
  static char const *const table[PHASES][ROUND_EVENTS] = ROUND_TABLE;
  static char const *const name[ROUND_EVENTS] = { "turn", "ended", "settled", "bounced", "put off", "removed", "kept",
    "look", "hold", "release", "expire", "drop", "retry" };
  static enum phase (*const act[])(known, struct message *) = { turn, go_on, settled, bounced, put_off, removed, kept };
  enum phase from = m ? m->phase : round_phase(k), to;

  if (!*table[from][e]) {
    complain(k, "left alone, it cannot be told: ", from, name[e]);
    return -1;
  }
  to = e < ROUND_LOOK ? act[e](k, m) : wish(k, m, e);
  if (!strchr(table[from][e], ROUND_LETTERS[to])) complain(k, "not in the table, what came of: ", from, name[e]);
  if (e >= ROUND_HOLD && to == PHASE_ROUND) return round_event(k, m, ROUND_ENDED);
  return 0;
}

void round_ended(struct group *g)
{
  struct message *m = g->m;

  if (g->at == g->end && !g->flights) message_ungroup(g);
  round_event(m->k, m, ROUND_ENDED);
}

void round_hurry(void)
{
  struct message *m;

  for (m = message_first(); m; m = message_next(m))
    if (m->base || m->pass_until) message_hurry(m);
}

void round_conclude(struct message *m)
{
  if (m->phase == PHASE_ROUND && (m->base || m->from < m->to)) message_next_try(m);
  if (unwritten(m)) settle_add(m, 1);
}
