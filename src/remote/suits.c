/* suits.c - see suits.h */

#include <stdio.h>

#include "lib/msg/utf8.h"
#include "remote/suits.h"

/* SIZE told a limit: no need to try (RFC 1870 section 6.2) */
static int too_large(struct session const *s, struct message const *m, struct outcome *o)
{
  char text[TEXT_MAX + 1];

  if (!(s->offered & EXT_SIZE) || !s->size_max || m->wire <= s->size_max) return 0;
  snprintf(text, sizeof text, "5.3.4 the message has %llu bytes; %s takes at most %llu",
           (unsigned long long)m->wire, s->name, (unsigned long long)s->size_max);
  outcome_set_all(o, RESULT_FAILED, text);
  return 1;
}

/* Sender, or a header whose sender said that it is so, need SMTPUTF8; a header that only has bytes over 127 is sent
   like any other 8-bit text. */
static int needs_utf8(struct mail const *m)
{
  return utf8_beyond_ascii(m->sender) || (m->message->eight_bit_header && param_get(m->job->params, 'u'));
}

/* What cannot go to a host without SMTPUTF8 fails (RFC 6531 section 3.5); 1 when that is all of it. */
static int not_for_this_host(struct session const *s, struct mail const *m, struct outcome *o)
{
  char text[TEXT_MAX + 1];
  uint32_t i;

  if (s->offered & EXT_SMTPUTF8) return 0;
  if (needs_utf8(m)) {
    snprintf(text, sizeof text, "%s, and %s does not offer SMTPUTF8",
             utf8_beyond_ascii(m->sender) ? "5.6.7 the sender's address is not ASCII" : "5.6.9 the header is not ASCII",
             s->name);
    outcome_set_all(o, RESULT_FAILED, text);
    return 1;
  }
  snprintf(text, sizeof text, "5.6.7 the address is not ASCII, and %s does not offer SMTPUTF8", s->name);
  for (i = o->from; i < o->to; i++)
    if (o->rcpt[i].due && utf8_beyond_ascii(o->rcpt[i].path)) {
      outcome_set(o, i, RESULT_FAILED, text);
      o->rcpt[i].due = 0;
    }
  return !outcome_open(o);
}

int suits(struct session const *s, struct mail const *m, struct outcome *o)
{
  return !too_large(s, m->message, o) && !not_for_this_host(s, m, o);
}

int suits_utf8(struct session const *s, struct mail const *m, struct outcome const *o)
{
  uint32_t i;

  if (!(s->offered & EXT_SMTPUTF8)) return 0;
  for (i = o->from; i < o->to; i++)
    if (o->rcpt[i].asked && utf8_beyond_ascii(o->rcpt[i].path)) return 1;
  return needs_utf8(m);
}
