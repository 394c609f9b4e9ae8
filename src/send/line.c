/* line.c - see line.h */

#include "send/line.h"

void line_join(struct line *l, struct link *k)
{
  if (k->line) return;
  k->line = l;
  k->next = 0;
  k->prev = l->last;
  if (l->last) l->last->next = k;
  else l->first = k;
  l->last = k;
  l->n++;
}

void line_quit(struct link *k)
{
  struct line *l = k->line;

  if (!l) return;
  if (k->prev) k->prev->next = k->next;
  else l->first = k->next;
  if (k->next) k->next->prev = k->prev;
  else l->last = k->prev;
  l->n--;
  k->line = 0;
}
