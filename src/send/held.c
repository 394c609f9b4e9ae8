/* held.c - see held.h */

#include <string.h>

#include "send/held.h"

struct lot *held_lot(struct message const *m)
{
  struct destination *d = 0, *its;
  char const *domain;
  size_t len;
  uint32_t i;

  for (i = 0; i < m->targets; i++) {
    struct target const *t = m->target + i;
    if (!mark_todo(m->mark[t->index])) continue;
    if (!t->held || m->part.next || m->part.from) return 0;
    route(message_address(m, t->index), &domain, &len);
    its = destination_stopped(domain, len);
    if (!its || (d && d != its)) return 0;
    d = its;
  }
  return d ? d->lot + m->class : 0;
}

int held_goes_to(struct message const *m, char const *domain, size_t len)
{
  char const *its;
  size_t its_len;
  uint32_t i;

  for (i = 0; i < m->targets; i++) {
    uint32_t index = m->target[i].index;
    if (!mark_todo(m->mark[index])) continue;
    route(message_address(m, index), &its, &its_len);
    if (its_len == len && !strncasecmp(its, domain, len)) return 1;
  }
  return 0;
}
