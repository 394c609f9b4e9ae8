/* showjson.c - see showjson.h */

#include <string.h>

#include "user/json.h"
#include "user/showjson.h"

static int open_message;

static void string(char const *name, char const *s)
{
  json_text(name, s, strlen(s));
}

static void text(char const *name, struct ask_text const *t)
{
  json_text(name, t->s, t->len);
}

static void holder(struct ask_holder const *h)
{
  if (!h->when) {
    json_null("held");
    return;
  }
  json_open("held", '{');
  text("by", &h->name);
  json_number("uid", h->uid);
  json_number("since", (uint64_t)h->when);
  text("reason", &h->reason);
  json_close('}');
}

static void moment(char const *name, int64_t t)
{
  if (t > 0) json_number(name, (uint64_t)t);
  else json_null(name);
}

void json_end(void)
{
  if (!open_message) return;
  json_close(']');
  json_close('}');
  json_line();
  open_message = 0;
}

void json_message(struct ask_item const *i)
{
  json_end();
  json_open(0, '{');
  string("id", i->id);
  string("state", ask_states[i->state]);
  json_number("arrived", (uint64_t)id_time(i->id));
  json_number("size", i->bytes);
  json_number("uid", i->uid);
  if (i->state == ASK_UNKNOWN) json_null("sender");
  else text("sender", &i->address);
  json_number("tries", i->tries);
  moment("next", i->next);
  holder(&i->held);
  json_open("recipients", '[');
  open_message = 1;
}

static void waits(struct waits const *w)
{
  static char const *const words[WAITS] = { "", "host", "rate", "domain", "channel", "stopped" };

  if (w->wait == WAIT_NOTHING) {
    json_null("waits");
    return;
  }
  json_open("waits", '{');
  string("for", words[w->wait]);
  moment("until", w->until);
  json_number("underway", w->flights);
  json_number("limit", w->limit);
  json_close('}');
}

void json_rcpt(struct ask_item const *i)
{
  json_open(0, '{');
  text("address", &i->address);
  string("state", i->mark == ASK_TODO ? "todo" : i->mark == ASK_DELIVERED ? "delivered" : "failed");
  string("channel", i->waits.local ? "local" : "remote");
  json_text("host", i->waits.domain, i->waits.domain_len);
  if (i->mark == ASK_TODO) {
    json_number("tries", i->tries);
    moment("replied", i->replied);
    text("reply", &i->reply);
    waits(&i->waits);
    holder(&i->held);
  }
  json_close('}');
}

void json_domain(struct ask_item const *i)
{
  json_open(0, '{');
  text("domain", &i->address);
  holder(&i->held);
  json_close('}');
  json_line();
}

static char const *result(enum ask_verdict v)
{
  switch (v) {
    case ASK_DONE: return "done";
    case ASK_VANISHED: return "gone";
    case ASK_NOT_NOW: return "notnow";
    case ASK_AMBIGUOUS: return "ambiguous";
    default: return "error";
  }
}

void json_verdict(struct ask_item const *i, char const *domain)
{
  json_end();
  json_open(0, '{');
  if (*i->id) string("id", i->id);
  else string("domain", domain);
  string("result", result(i->verdict));
  if (*i->id || i->verdict != ASK_DONE) text("why", &i->text);
  json_close('}');
  json_line();
}
