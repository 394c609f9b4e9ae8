/* phase.c - see phase.h */

#include "send/phase.h"

enum phase round_phase(known k)
{
  unsigned int flags = backlog_flags(k);
  struct message *m;

  switch (backlog_place(k)) {
    case PLACE_LOADED: m = message_find(k); return m ? m->phase : PHASE_WAITING;
    case PLACE_DONE:
    case PLACE_CLEAN: return PHASE_REMOVING;
    case PLACE_STUCK: return PHASE_STUCK;
    case PLACE_GONE: return PHASE_GONE;
    default:
      return flags & KNOWN_DONE ? PHASE_REMOVING : flags & KNOWN_HOLD ? PHASE_HELD_BY_OPERATOR
             : flags & KNOWN_EXPIRE ? PHASE_EXPIRE : flags & KNOWN_DROP ? PHASE_DROP : PHASE_WAITING;
  }
}
