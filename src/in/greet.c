/* greet.c - HELO and EHLO: who the client is, and what is offered to it; see session.h */

#include <stdio.h>
#include <string.h>

#include "in/extensions.h"
#include "in/session.h"

static char const needs_name[] = "501 5.5.4 a host name is needed";

/* HELO and EHLO: 1 when there is a name; a new greeting ends a transaction (RFC 5321 4.1.4) */
static int greet(struct session *s, char const *name, int extended)
{
  if (!*name || strlen(name) > HELO_MAX) {
    session_error(s, needs_name);
    return 0;
  }
  session_reset(s);
  memcpy(s->helo, name, strlen(name) + 1);
  s->extended = extended;
  s->c.gate.protocol = session_protocol(s);
  return 1;
}

void greet_helo(struct session *s, char const *arg)
{
  if (greet(s, arg, 0)) session_reply(s, "250 ", s->c.rules->greeting.s);
}

/* Lines of EHLO's reply; the last one has to be told from the others, so each waits for the next. */
struct offers {
  struct session *s;
  char const *last[2];          /* not yet sent, in two parts */
};

static int is_there(struct session const *s, enum keyword k)
{
  if (k == KEYWORD_LIMITS) return s->c.rules->maxrcpt != 0;
  return k != KEYWORD_STARTTLS || starttls_offered(s);
}

static void offer(struct offers *o, enum keyword k, char const *value)
{
  if (extension_hidden(1U << k)) return;
  session_reply(o->s, "250-", o->last[0], o->last[1]);
  o->last[0] = keyword_names[k];
  o->last[1] = value;
}

void greet_ehlo(struct session *s, char const *arg)
{
  struct offers o = { s, { s->c.rules->greeting.s, "" } };
  char size[32], rcpts[24], logins[LOGIN_WORDS_MAX];
  char const *values[KEYWORDS] = { [KEYWORD_SIZE] = size, [KEYWORD_LIMITS] = rcpts, [KEYWORD_AUTH] = logins };
  enum keyword k;

  if (!greet(s, arg, 1)) return;
  snprintf(size, sizeof size, " %llu", (unsigned long long)s->c.rules->databytes);
  snprintf(rcpts, sizeof rcpts, " RCPTMAX=%u", s->c.rules->maxrcpt);
  for (k = 0; k < KEYWORDS; k++)
    if (k == KEYWORD_AUTH ? auth_offered(s, logins) : is_there(s, k)) offer(&o, k, values[k] ? values[k] : "");
  session_reply(s, "250 ", o.last[0], o.last[1]);
}
