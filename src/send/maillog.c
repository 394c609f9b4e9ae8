/* maillog.c - see maillog.h */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "door/order.h"
#include "door/report.h"
#include "send/census.h"
#include "send/maillog.h"
#include "send/message.h"
#include "lib/io/log.h"
#include "lib/msg/id.h"

static void log_delay(char const *id)
{
  struct timespec t;
  long long ms;
  char s[32];

  clock_gettime(CLOCK_REALTIME, &t);
  ms = (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000 - id_micro(id) / 1000;
  if (ms < 0) ms = 0;
  snprintf(s, sizeof s, " delay=%lld.%03lld", ms / 1000, ms % 1000);
  log_text(s);
}

void maillog_result(struct message const *m, uint32_t index, char const *word, struct report const *r, char const *text,
                    size_t len)
{
  log_start();
  log_text(word);
  log_field("id", m->id);
  log_field("from", m->env.sender);
  log_field("to", message_address(m, index));
  log_field("relay", r ? r->relay : "");
  if (r && *r->tls) log_field("tls", r->tls);
  log_delay(m->id);
  log_text(" reply=");
  log_bytes(text, len);
  log_end();
}

/* The message that this one was made of. A bounce is named after it; else it is what the maker, the uid, says: good for
   nothing but the log. */
static void log_parent(struct message const *m)
{
  char const *said = envelope_param(&m->env, ENVELOPE_SENDER, 'p');
  char named[ID_MAX + 1];

  if (id_depth(m->id)) {
    snprintf(named, sizeof named, "%.*s", (int)(strrchr(m->id, '-') - m->id), m->id);
    log_field("parent", named);
  }
  else if (said && id_ok(said)) log_field("parent", said);
}

void maillog_new(struct message const *m)
{
  char const *messageid = envelope_param(&m->env, ENVELOPE_SENDER, 'm');

  log_start();
  log_text("new");
  log_field("id", m->id);
  log_field("from", m->env.sender);
  log_count(" bytes=", (long long)m->env.bytes);
  log_count(" uid=", m->env.uid);
  log_count(" rcpts=", m->env.rcpts);
  log_field("message-id", messageid ? messageid : "");
  log_parent(m);
  log_end();
}

void maillog_end(char const *id)
{
  log_start();
  log_text("end");
  log_field("id", id);
  log_delay(id);
  log_end();
}

void maillog_bounce(struct message const *m, char const *word, uint32_t number, uint32_t rcpts, char const *text,
                    size_t len)
{
  log_start();
  log_text(word);
  log_field("id", m->id);
  log_field("to", m->env.sender);
  log_count(" number=", number);
  log_count(" rcpts=", rcpts);
  log_text(" reply=");
  log_bytes(text, len);
  log_end();
}

static char const *order_word(enum desk_word w)
{
  switch (w) {
    case DESK_HOLD: return "hold";
    case DESK_RELEASE: return "release";
    case DESK_RETRY: return "retry";
    case DESK_EXPIRE: return "expire";
    case DESK_DELETE: return "delete";
    default: return "order";
  }
}

void maillog_order(struct desk_order const *o, char const *what, char const *which)
{
  log_start();
  log_text(order_word(o->word));
  log_field(what, which);
  log_count(" uid=", o->uid);
  log_field("name", o->name);
  if (*o->reason) log_field("reason", o->reason);
  log_end();
}

void maillog_busy(char const *address, uint32_t waiting)
{
  log_start();
  log_text("busy");
  log_field("to", address);
  log_count(" waiting=", waiting);
  log_end();
}

void maillog_down(char const *domain, long long seconds, uint32_t waiting)
{
  log_start();
  log_text("host down");
  log_field("domain", domain);
  log_count(" seconds=", seconds);
  log_count(" waiting=", waiting);
  log_end();
}

void maillog_status(struct maillog_status const *s)
{
  log_start();
  log_count("status: local ", s->local);
  log_count("/", s->local_max);
  log_count(" remote ", s->remote);
  log_count("/", s->remote_max);
  log_count(" queue ", s->queue);
  log_end();
}

void maillog_queue(struct census const *all)
{
  int s;

  log_start();
  log_text("queue");
  for (s = 0; s < METRICS_STATES; s++) {
    log_text(" ");
    log_text(metrics_state[s]);
    log_count("=", all[s].n);
    if (all[s].n) log_count(",", all[s].oldest * 60LL);
  }
  log_end();
}
