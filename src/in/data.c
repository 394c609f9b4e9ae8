/*
 * data.c - DATA: the message goes to the queue service as it comes; nobody says 250 before that has said "queued"
 *
 * Whatever is wrong with a message, it is read to its true end and answered there: then the client and we agree
 * on where commands start again.
 */

#include <stdio.h>
#include <time.h>

#include "in/message.h"
#include "in/session.h"
#include "lib/io/log.h"

static char const go_ahead[] = "354 send the message; end it with a dot on a line of its own";
static char const no_arguments[] = "501 5.5.4 DATA takes no argument";
static char const no_sender[] = "503 5.5.1 MAIL and RCPT come first";
static char const no_recipients[] = "554 5.5.1 no valid recipients";

/* to the end of the message, or until the client is gone */
static void receive(struct session *s, struct message *m)
{
  struct wire *w = &s->wire;

  while (m->body.state != BODY_END) {
    if (w->pos == w->len && !wire_fill(w, message_patience(m, w->idle))) break;
    w->pos += message_feed(m, w->buf + w->pos, w->len - w->pos);
  }
}

static void log_message(struct session *s, struct message const *m)
{
  log_text(" rcpts=");
  log_number(s->rcpts);
  log_text(" bytes=");
  log_number((long long)m->body.bytes);
}

static void refused(struct session *s, struct message const *m, char const *reply)
{
  session_log(s, "refused message");
  log_message(s, m);
  session_log_end(reply);
  session_reply(s, reply);
}

static void accepted(struct session *s, struct message const *m)
{
  char when[32];

  snprintf(when, sizeof when, "%lld", (long long)time(0));
  session_log(s, "accepted");
  log_field("id", s->queue.text);
  log_message(s, m);
  log_end();
  s->commands = 0;
  session_reply(s, "250 2.0.0 ok ", when, " qp ", s->queue.text);       /* logs are searched for "ok N qp" */
}

void data_command(struct session *s, char const *arg)
{
  struct message m;
  char const *refusal;

  if (*arg) { session_error(s, no_arguments); return; }
  if (!s->open) { session_error(s, no_sender); return; }
  if (!s->rcpts) { session_reply(s, no_recipients); return; }   /* RFC 2920 3.1: all were refused */
  refusal = message_connect(&s->queue, s->gate.wait);
  if (refusal) {
    session_log(s, "refused message");
    session_log_end(refusal);
    session_reply(s, refusal);
    session_reset(s);
    return;
  }
  message_begin(&m, &s->queue, s->rules, BODY_DOTS, &s->peer, s->helo, session_protocol(s));
  session_reply(s, go_ahead);
  receive(s, &m);
  if (m.body.state != BODY_END) {
    s->done = 1;        /* the queue's connection closes in the middle of a message: it is dropped */
    return;
  }
  refusal = message_end(&m, s->records.s, s->records.len);
  if (refusal) refused(s, &m, refusal);
  else accepted(s, &m);
  session_reset(s);
}
