/* outcome.c - see outcome.h */

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "lib/io/large.h"
#include "remote/outcome.h"
#include "remote/told.h"

#define NOT_TRIED "4.3.0 was not tried"

/* How much a temporary result tells: more where the host itself spoke, less where there was none to speak. */
static int weight(char const *text)
{
  if (strstr(text, " answered ")) return 3;
  if (!*text || !strcmp(text, NOT_TRIED)) return 0;
  return strncmp(text, "4.4.1", 5) ? 2 : 1;
}

/* One host is done with: what it said is kept, in its place. */
static void keep(struct outcome *o, uint32_t i)
{
  struct outcome_rcpt *r = o->rcpt + i;
  struct outcome_before *b = o->before + i;
  int w = weight(r->text);

  if (!w || (r->before && !strcmp(r->text, b->best))) return;
  if (r->before && w <= weight(b->best)) memcpy(b->other, r->text, sizeof b->other);
  else {
    if (r->before) memcpy(b->other, b->best, sizeof b->other);
    memcpy(b->best, r->text, sizeof b->best);
  }
  r->before = r->before ? 2 : 1;
}

void outcome_start(struct outcome *o, uint32_t n)
{
  uint32_t i;

  o->n = o->to = n;
  o->from = 0;
  o->fruitless = 0;
  o->paths_used = 0;
  for (i = 0; i < n; i++) {
    o->rcpt[i].state = OUTCOME_OPEN;
    o->rcpt[i].unasked = o->rcpt[i].first = o->rcpt[i].told = o->rcpt[i].before = 0;
    o->rcpt[i].path = "";
    o->rcpt[i].text[0] = 0;
    outcome_set(o, i, RESULT_LATER, NOT_TRIED);
  }
}

unsigned int outcome_open(struct outcome const *o)
{
  unsigned int open = 0;
  uint32_t i;

  for (i = o->from; i < o->to; i++) open += o->rcpt[i].state == OUTCOME_OPEN;
  return open;
}

int outcome_path(struct outcome *o, uint32_t i, char const *path)
{
  size_t len = strlen(path) + 1;

  if (len > sizeof o->paths - o->paths_used) return -1;
  o->rcpt[i].path = memcpy(o->paths + o->paths_used, path, len);
  o->paths_used += len;
  return 0;
}

void outcome_set(struct outcome *o, uint32_t i, enum result result, char const *text)
{
  struct outcome_rcpt *r = o->rcpt + i;

  if (r->state == OUTCOME_OPEN && weight(text) < weight(r->text)) keep(o, i);
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
    struct outcome_rcpt *r = o->rcpt + i;
    r->due = r->state == OUTCOME_OPEN;
    if (r->due) keep(o, i);
    r->asked = r->told = r->first = 0;
  }
}

unsigned int outcome_ask(struct outcome *o, uint64_t max)
{
  unsigned int asked = 0;
  int some = 0;
  uint32_t i;

  for (i = o->from; i < o->to; i++) some |= o->rcpt[i].due && o->rcpt[i].first;
  for (i = o->from; i < o->to; i++) {
    struct outcome_rcpt *r = o->rcpt + i;
    r->asked = r->due && asked < max && (!some || r->first);
    r->accepted = 0;
    if (!r->asked) continue;
    r->due = r->told = r->first = 0;
    asked++;
  }
  return asked;
}

void outcome_put_off(struct outcome *o, uint32_t i, char const *text)
{
  outcome_set(o, i, RESULT_LATER, text);
  o->rcpt[i].due = 1;
}

/* The place from which on it is somebody's turn after a fruitless transaction. */
static uint32_t any_place(struct outcome const *o)
{
  uint32_t n = 0;

  if (getrandom(&n, sizeof n, GRND_NONBLOCK) == -1) n = 0;
  return o->from + n % (o->to - o->from);
}

void outcome_again(struct outcome *o)
{
  uint32_t i, place = o->fruitless ? any_place(o) : o->to;

  o->fruitless = 0;
  for (i = o->from; i < o->to; i++) {
    struct outcome_rcpt *r = o->rcpt + i;
    if (r->state != OUTCOME_OPEN || !r->asked || r->told) continue;
    r->due = 1;
    r->first = r->accepted || i >= place;
  }
}

void outcome_recall(struct outcome *o)
{
  uint32_t i;

  for (i = o->from; i < o->to; i++) {
    struct outcome_rcpt *r = o->rcpt + i;
    if (!r->asked) continue;
    r->state = OUTCOME_OPEN;
    r->result = RESULT_LATER;
    r->told = r->accepted = r->unasked = 0;
  }
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

/* the best word first; the log names another host's as well, without its status */
static void sum_up(struct outcome *o, uint32_t i)
{
  struct outcome_rcpt *r = o->rcpt + i;
  char const *rest;

  keep(o, i);
  if (!r->before) return;
  snprintf(r->text, sizeof r->text, "%s", o->before[i].best);
  rest = r->before == 2 ? strchr(o->before[i].other, ' ') : 0;
  if (rest) snprintf(r->text + strlen(r->text), sizeof r->text - strlen(r->text), TOLD_END ";%s", rest);
}

void outcome_report(struct outcome *o, struct report *r, uint32_t number)
{
  static LARGE char texts[JOB_RCPTS_MAX * (TEXT_MAX + 1)];
  char *next = texts;
  uint32_t i;

  report_all(r, number, o->n, RESULT_LATER, "");
  for (i = 0; i < o->n; i++) {
    struct outcome_rcpt *c = o->rcpt + i;
    if (c->state == OUTCOME_OPEN) sum_up(o, i);
    r->rcpt[i].position = i;
    r->rcpt[i].result = c->result;
    r->rcpt[i].unasked = c->result == RESULT_DONE && c->unasked;
    told_read(c->text, next, r->rcpt + i);
    if (r->rcpt[i].text == next) next += r->rcpt[i].text_len + 1;
  }
}
