/* part.c - see part.h */

#include <stdlib.h>
#include <string.h>

#include "door/job.h"
#include "door/limits.h"
#include "door/state.h"
#include "send/part.h"

#define NONE UINT32_MAX

int part_has(struct part const *p, char const *mark, uint32_t i)
{
  return mark_todo(mark[i]) && i >= p->from && (!p->next || i < p->next);
}

static uint32_t end_of(char const *mark, uint32_t rcpts, uint32_t from)
{
  uint32_t todo = 0, i;

  for (i = from; i < rcpts; i++)
    if (mark_todo(mark[i]) && ++todo > PART_MAX) return i;
  return 0;
}

int part_take(struct part *p, struct envelope *e, char const *mark, uint32_t from)
{
  uint32_t owed = 0, i;

  *p = (struct part){ .n = e->rcpts };
  if (e->rcpts <= PART_MAX) return 0;
  *p = (struct part){ .index = calloc(2 * PART_MAX, sizeof *p->index), .from = from,
                      .next = end_of(mark, e->rcpts, from) };
  if (!p->index) return -1;
  for (i = 0; i < e->rcpts; i++)
    if (part_has(p, mark, i) || (!p->next && mark_owed(mark[i]) && owed++ < PART_MAX)) p->index[p->n++] = i;
  return envelope_cut(e, p->index, p->n);
}

void part_free(struct part *p)
{
  free(p->index);
}

uint32_t part_index(struct part const *p, uint32_t place)
{
  return p->index ? p->index[place] : place;
}

/* The place of a recipient in the cut envelope, or NONE. */
static uint32_t place_of(struct part const *p, uint32_t i)
{
  uint32_t low = 0, high = p->n, middle;

  if (!p->index) return i;
  while (low < high) {
    middle = low + (high - low) / 2;
    if (p->index[middle] < i) low = middle + 1;
    else high = middle;
  }
  return low < p->n && p->index[low] == i ? low : NONE;
}

char const *part_address(struct part const *p, struct envelope const *e, uint32_t i)
{
  uint32_t place = place_of(p, i);

  return place == NONE ? "" : envelope_rcpt(e, place);
}

struct param_run part_params(struct part const *p, struct envelope const *e, uint32_t i)
{
  uint32_t place = place_of(p, i);

  return place == NONE ? (struct param_run){ "", 0 } : envelope_params(e, place);
}

size_t part_cost(struct part const *p, struct envelope const *e, uint32_t i, size_t text_len)
{
  if (place_of(p, i) == NONE) return job_cost(ADDRESS_MAX, text_len, PARAM_RUN_MAX);
  return job_cost(strlen(part_address(p, e, i)), text_len, part_params(p, e, i).len);
}
