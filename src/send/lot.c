/* lot.c - see lot.h */

#include "send/lot.h"

void lot_park(struct lot *l, known k, enum place p)
{
  if (l->held) backlog_flag(k, 0, KNOWN_ASIDE);
  backlog_put(k, p);
  backlog_set_link(k, 0);
  if (l->tail) backlog_set_link(l->tail, k);
  else l->head = k;
  l->tail = k;
  l->n++;
}

known lot_take(struct lot *l)
{
  known k = l->head;

  if (!k) return 0;
  l->head = backlog_link(k);
  if (!l->head) l->tail = 0;
  l->n--;
  backlog_put(k, PLACE_HAND);
  backlog_flag(k, KNOWN_ASIDE, 0);
  return k;
}

void lot_hold(struct lot *l, int held)
{
  known k;

  if (l->held == held) return;
  l->held = held;
  for (k = l->head; k; k = backlog_link(k)) backlog_flag(k, KNOWN_ASIDE, held ? KNOWN_ASIDE : 0);
}
