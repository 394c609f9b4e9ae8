/* lines.c - the lines of the log about messages and recipients; see result.h */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "send/result.h"
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

void result_log(struct message const *m, uint32_t index, char const *word, char const *relay, char const *text,
                size_t len)
{
  log_start();
  log_text(word);
  log_field("id", m->id);
  log_field("from", m->env.sender);
  log_field("to", envelope_rcpt(&m->env, index));
  log_field("relay", relay);
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

void result_log_new(struct message const *m)
{
  char const *messageid = envelope_param(&m->env, ENVELOPE_SENDER, 'm');

  log_start();
  log_text("new");
  log_field("id", m->id);
  log_field("from", m->env.sender);
  log_text(" bytes=");
  log_number((long long)m->env.bytes);
  log_text(" uid=");
  log_number(m->env.uid);
  log_text(" rcpts=");
  log_number(m->env.rcpts);
  log_field("message-id", messageid ? messageid : "");
  log_parent(m);
  log_end();
}

void result_log_end(char const *id)
{
  log_start();
  log_text("end");
  log_field("id", id);
  log_delay(id);
  log_end();
}
