/*
 * data.c - DATA: the message goes to the queue service as it comes; nobody says 250 before that has said "queued"
 *
 * Whatever is wrong with a message, it is read to its true end and answered there: then the client and we agree
 * on where commands start again.
 */

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "in/body.h"
#include "in/received.h"
#include "in/session.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

#define HOPS_MAX 100            /* RFC 5321 6.3 */
#define RATE_MIN 256            /* bytes a second, over the message, that a client must reach to be waited for */

static char const go_ahead[] = "354 send the message; end it with a dot on a line of its own";
static char const no_arguments[] = "501 5.5.4 DATA takes no argument";
static char const no_sender[] = "503 5.5.1 MAIL and RCPT come first";
static char const no_recipients[] = "554 5.5.1 no valid recipients";
static char const bad_lines[] = "550 5.6.0 the message has a bare CR, a bare LF or a NUL; lines end in CR LF";
static char const looping[] = "554 5.4.6 too many hops: this message is looping";
static char const too_big[] = "552 5.3.4 the message is larger than is taken here";
static char const no_queue[] = "451 4.3.0 the queue is not available now";
static char const queue_later[] = "451 4.3.0 the message could not be queued now";
static char const queue_never[] = "554 5.3.0 the message was refused by the queue";

/* the queue service may have closed an idle connection: between messages it has nothing else to say */
static int connected(struct session *s)
{
  if (s->queue.fd != -1 && io_wait(s->queue.fd, POLLIN, 0)) submit_close(&s->queue);
  return s->queue.fd != -1 || submit_open(&s->queue, s->gate.wait) == 0;
}

static void to_queue(void *queue, char const *p, size_t len)
{
  submit_data(queue, p, len);
}

static void begin(struct session *s)
{
  char line[RECEIVED_MAX];
  struct rules const *r = s->rules;

  submit_begin(&s->queue, "");
  submit_data(&s->queue, line, received_format(line, r->relayclient ? 0 : &s->peer, s->helo, r->me.s,
                                               s->greeted == GREETED_EHLO ? "ESMTP" : "SMTP", time(0)));
}

/* what is wrong with the message so far, or null */
static char const *fault(struct session *s, struct body const *b)
{
  if (b->bad) return bad_lines;
  if (s->rules->databytes && b->bytes > s->rules->databytes) return too_big;
  return b->hops > HOPS_MAX ? looping : 0;
}

static void ignore(void *to, char const *p, size_t len)
{
  (void)to, (void)p, (void)len;
}

/* Reads to the end of the message, or until the client is gone. Null, or why it must not come in; the queue
   service has been told then. */
static char const *receive(struct session *s, struct body *b)
{
  struct wire *w = &s->wire;
  char const *refusal = 0;
  long long start = io_clock(), taken = 0;

  while (b->state != BODY_END) {
    long long until = io_clock() + w->idle, slowest = start + w->idle + taken * 1000 / RATE_MIN;
    size_t n;
    if (w->pos == w->len && !wire_fill(w, until < slowest ? until : slowest)) break;
    n = body_feed(b, w->buf + w->pos, w->len - w->pos);
    w->pos += n;
    taken += (long long)n;
    if (refusal) continue;
    refusal = fault(s, b);
    if (!refusal) continue;
    submit_abort(&s->queue);
    b->sink = ignore;
  }
  return refusal;
}

static void log_refused(struct session *s, struct body const *b, char const *reply)
{
  session_log(s, "refused message");
  log_text(" rcpts=");
  log_number(s->rcpts);
  log_text(" bytes=");
  log_number((long long)b->bytes);
  session_log_end(reply);
}

static void accepted(struct session *s, struct body const *b)
{
  char when[32];

  snprintf(when, sizeof when, "%lld", (long long)time(0));
  session_log(s, "accepted");
  log_field("id", s->queue.text);
  log_text(" rcpts=");
  log_number(s->rcpts);
  log_text(" bytes=");
  log_number((long long)b->bytes);
  log_end();
  s->commands = 0;
  session_reply(s, "250 2.0.0 ok ", when, " qp ", s->queue.text);       /* logs are searched for "ok N qp" */
}

/* the queue service's own words, when they fit the class of its code: RFC 3463 code, blank, printable text */
static char const *own_words(char *reply, size_t size, char const *code, struct submit const *q)
{
  char *c;

  if (q->text[0] != code[0] || q->text[1] != '.') return 0;
  snprintf(reply, size, "%s %s", code, q->text);
  for (c = reply; *c; c++)
    if (*c < 32 || *c > 126) *c = '?';
  return reply;
}

static void finish(struct session *s, struct body const *b)
{
  char reply[SUBMIT_TEXT_MAX + 8];
  int code = submit_end(&s->queue, s->records.s, s->records.len), never = submit_permanent(code);
  char const *words;

  if (!code) {
    accepted(s, b);
    return;
  }
  words = own_words(reply, sizeof reply, never ? "554" : "451", &s->queue);
  if (!words) words = never ? queue_never : queue_later;
  log_refused(s, b, words);
  session_reply(s, words);
}

void data_command(struct session *s, char const *arg)
{
  struct body b;
  char const *refusal;

  if (*arg) { session_error(s, no_arguments); return; }
  if (!s->open) { session_error(s, no_sender); return; }
  if (!s->rcpts) { session_reply(s, no_recipients); return; }   /* RFC 2920 3.1: all were refused */
  if (!connected(s)) {
    session_log(s, "refused message");
    session_log_end(no_queue);
    session_reply(s, no_queue);
    session_reset(s);
    return;
  }
  begin(s);
  session_reply(s, go_ahead);
  body_start(&b, BODY_DOTS, to_queue, &s->queue);
  refusal = receive(s, &b);
  if (b.state != BODY_END) {
    s->done = 1;        /* the queue's connection closes in the middle of a message: it is dropped */
    return;
  }
  if (refusal) {
    log_refused(s, &b, refusal);
    session_reply(s, refusal);
  }
  else finish(s, &b);
  session_reset(s);
}
