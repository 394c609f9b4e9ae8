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
    o->rcpt[i].unasked = 0;
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

void outcome_begin(struct outcome *o)
{
  uint32_t i;

  for (i = o->from; i < o->to; i++) {
    o->rcpt[i].due = o->rcpt[i].state == OUTCOME_OPEN;
    o->rcpt[i].asked = o->rcpt[i].told = 0;
  }
}

unsigned int outcome_ask(struct outcome *o, uint64_t max)
{
  unsigned int asked = 0;
  uint32_t i;

  for (i = o->from; i < o->to; i++) {
    struct outcome_rcpt *r = o->rcpt + i;
    r->asked = r->due && asked < max;
    r->accepted = 0;
    if (!r->asked) continue;
    r->due = r->told = 0;
    asked++;
  }
  return asked;
}

void outcome_put_off(struct outcome *o, uint32_t i, char const *text)
{
  outcome_set(o, i, RESULT_LATER, text);
  o->rcpt[i].due = 1;
}

void outcome_again(struct outcome *o)
{
  uint32_t i;

  for (i = o->from; i < o->to; i++)
    if (o->rcpt[i].asked && !o->rcpt[i].told) o->rcpt[i].due = 1;
}

unsigned int outcome_due(struct outcome const *o)
{
  unsigned int due = 0;
  uint32_t i;

  for (i = o->from; i < o->to; i++) due += o->rcpt[i].due && o->rcpt[i].state == OUTCOME_OPEN;
  return due;
}

static int in_play(struct outcome_rcpt const *r)
{
  return r->state == OUTCOME_OPEN && (r->asked || r->due);
}

void outcome_set_all(struct outcome *o, enum result result, char const *text)
{
  uint32_t i;

  for (i = o->from; i < o->to; i++) {
    if (in_play(o->rcpt + i)) outcome_set(o, i, result, text);
    o->rcpt[i].due = 0;
  }
}

void outcome_set_untold(struct outcome *o, enum result result, char const *text)
{
  uint32_t i;

  for (i = o->from; i < o->to; i++) {
    if (in_play(o->rcpt + i) && !o->rcpt[i].told) outcome_set(o, i, result, text);
    o->rcpt[i].due = 0;
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

void outcome_close_unknown(struct outcome *o, char const *why)
{
  char text[TEXT_MAX + 1];
  uint32_t i;

  snprintf(text, sizeof text, "%.400s; if it took the message, this will be a duplicate", why);
  for (i = o->from; i < o->to; i++) {
    struct outcome_rcpt *r = o->rcpt + i;
    if (r->state != OUTCOME_OPEN || !r->asked || r->told) continue;
    outcome_set(o, i, RESULT_LATER, text);
    r->state = OUTCOME_CLOSED;
  }
}

void outcome_report(struct outcome const *o, struct report *r, uint32_t number)
{
  uint32_t i;

  report_all(r, number, o->n, RESULT_LATER, "");
  for (i = 0; i < o->n; i++)
    r->rcpt[i] = (struct report_rcpt){ .position = i, .result = o->rcpt[i].result, .text = o->rcpt[i].text,
                                         .unasked = o->rcpt[i].result == RESULT_DONE && o->rcpt[i].unasked,
                                         .text_len = strlen(o->rcpt[i].text) };
}
