/* outcome.c - see outcome.h */

#include <stdio.h>
#include <string.h>

#include "remote/outcome.h"

void outcome_start(struct outcome *o, uint32_t n)
{
  uint32_t i;

  o->n = o->to = n;
  o->from = 0;
  for (i = 0; i < n; i++) {
    o->rcpt[i].state = OUTCOME_OPEN;
    outcome_set(o, i, RESULT_LATER, "4.3.0 was not tried");
  }
}

unsigned int outcome_open(struct outcome const *o)
{
  unsigned int open = 0;
  uint32_t i;

  for (i = o->from; i < o->to; i++) open += o->rcpt[i].state == OUTCOME_OPEN;
  return open;
}

void outcome_set(struct outcome *o, uint32_t i, enum result result, char const *text)
{
  struct outcome_rcpt *r = o->rcpt + i;

  r->result = result;
  r->told = 1;
  if (result != RESULT_LATER) r->state = OUTCOME_CLOSED;
  snprintf(r->text, sizeof r->text, "%s", text);
}

void outcome_set_open(struct outcome *o, enum result result, char const *text)
{
  uint32_t i;

  for (i = o->from; i < o->to; i++)
    if (o->rcpt[i].state == OUTCOME_OPEN) outcome_set(o, i, result, text);
}

void outcome_set_untold(struct outcome *o, enum result result, char const *text)
{
  uint32_t i;

  for (i = o->from; i < o->to; i++)
    if (o->rcpt[i].state == OUTCOME_OPEN && !o->rcpt[i].told) outcome_set(o, i, result, text);
}

void outcome_ask(struct outcome *o)
{
  uint32_t i;

  for (i = o->from; i < o->to; i++) {
    o->rcpt[i].asked = o->rcpt[i].state == OUTCOME_OPEN;
    o->rcpt[i].told = o->rcpt[i].accepted = 0;
  }
}

void outcome_close_accepted(struct outcome *o, enum result result, char const *text)
{
  uint32_t i;

  for (i = o->from; i < o->to; i++)
    if (o->rcpt[i].accepted) {
      outcome_set(o, i, result, text);
      o->rcpt[i].state = OUTCOME_CLOSED;
    }
}

void outcome_report(struct outcome const *o, struct report *r, uint32_t number)
{
  uint32_t i;

  report_all(r, number, o->n, RESULT_LATER, "");
  for (i = 0; i < o->n; i++)
    r->rcpt[i] = (struct report_rcpt){ .position = i, .result = o->rcpt[i].result, .text = o->rcpt[i].text,
                                         .text_len = strlen(o->rcpt[i].text) };
}
