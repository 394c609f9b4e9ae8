/* choose.c - see choose.h */

#include <string.h>
#include <strings.h>
#include <time.h>

#include "desk/choose.h"
#include "desk/pattern.h"

/* Is there something to ask of recipients? */
static int asks_rcpts(struct ask_select const *s)
{
  return *s->to || *s->domain || *s->host || *s->reply;
}

static int asks_envelope(struct ask_select const *s)
{
  return *s->from || s->larger || s->smaller || asks_rcpts(s);
}

int choose_by_name(struct ask_select const *s)
{
  return !s->states && !asks_envelope(s);
}

int choose_blind(struct ask_select const *s)
{
  return asks_envelope(s) || (s->states && !(s->states >> ASK_UNKNOWN & 1));
}

int choose_any(struct ask_select const *s)
{
  return choose_by_name(s) && !*s->id && !s->older && !s->newer;
}

int choose_id(struct ask_select const *s, char const *id)
{
  int64_t age = (int64_t)time(0) - id_time(id);

  if (age < 0) age = 0;
  return (!*s->id || pattern_text(s->id, id)) && (uint64_t)age >= s->older && (!s->newer || (uint64_t)age <= s->newer);
}

static int is_domain(char const *address, char const *domain)
{
  char const *at = strrchr(address, '@');

  return at && !strcasecmp(at + 1, domain);
}

static int goes_to(struct waits const *w, char const *domain)
{
  return w->domain_len == strlen(domain) && !strncasecmp(w->domain, domain, w->domain_len);
}

static int is_host(struct ask_item const *i, char const *host)
{
  return goes_to(&i->waits, host) || pattern_part(i->reply.s, i->reply.len, host);
}

static int is_rcpt(struct ask_select const *s, struct view const *v, uint32_t n)
{
  char const *address = envelope_rcpt(&v->env, n);
  struct ask_item i;
  struct reply r;

  if (!mark_todo(v->marks[n])) return 0;
  if (*s->to && !pattern_match(s->to, address)) return 0;
  if (*s->domain && !is_domain(address, s->domain)) return 0;
  if (!*s->host && !*s->reply) return 1;
  view_rcpt(v, n, &i, &r);
  return (!*s->host || is_host(&i, s->host)) && (!*s->reply || pattern_part(i.reply.s, i.reply.len, s->reply));
}

static int has_rcpt(struct ask_select const *s, struct view const *v)
{
  uint32_t i;

  for (i = 0; i < v->env.rcpts; i++)
    if (is_rcpt(s, v, i)) return 1;
  return 0;
}

int choose_message(struct ask_select const *s, struct view const *v)
{
  if (!choose_id(s, v->id) || (s->states && !(s->states >> v->state & 1))) return 0;
  if (!v->sound) return !asks_envelope(s);
  return (!*s->from || pattern_match(s->from, v->env.sender)) && v->env.bytes >= s->larger
         && (!s->smaller || v->env.bytes <= s->smaller) && (!asks_rcpts(s) || has_rcpt(s, v));
}

int choose_destination(char const *domain, struct view const *v)
{
  struct waits w;
  uint32_t i;

  for (i = 0; v->sound && i < v->env.rcpts; i++) {
    if (!mark_todo(v->marks[i])) continue;
    waits_find(&w, envelope_rcpt(&v->env, i));
    if (goes_to(&w, domain)) return 1;
  }
  return 0;
}
