/* message.c - see message.h */

#include <stdio.h>
#include <time.h>

#include "in/message.h"
#include "in/received.h"
#include "lib/io/io.h"
#include "lib/smtp/status.h"

#define HOPS_MAX 100            /* RFC 5321 6.3 */
#define RATE_MIN 256            /* bytes a second, over the message, that a client must reach to be waited for */

static char const bad_lines[] = "550 5.6.0 the message has a bare CR, a bare LF or a NUL; lines end in CR LF";
static char const bad_text[] = "550 5.6.0 the message has a CR or a NUL; lines end in LF";
static char const looping[] = "554 5.4.6 too many hops: this message is looping";
static char const too_big[] = "552 5.3.4 the message is larger than is taken here";
static char const no_queue[] = "451 4.3.0 the queue is not available now";
static char const queue_later[] = "451 4.3.0 the message could not be queued now";
static char const queue_never[] = "554 5.3.0 the message was refused by the queue";

char const *message_connect(struct client *c)
{
  return outlet_ready(&c->queue, c->gate.wait) ? 0 : no_queue;
}

static void to_queue(void *queue, char const *p, size_t len)
{
  outlet_data(queue, p, len);
}

static void to_supplement(void *supplement, char const *p, size_t len)
{
  supplement_feed(supplement, p, len);
}

static void ignore(void *to, char const *p, size_t len)
{
  (void)to, (void)p, (void)len;
}

void in_message_begin(struct message *m, struct client *c, enum body_kind kind, char const *protocol)
{
  struct rules const *rules = c->rules;
  char line[RECEIVED_MAX];

  m->client = c;
  m->refusal = 0;
  m->faulty = 0;
  m->start = io_clock();
  m->taken = 0;
  if (*c->user) {
    supplement_start(&m->supplement, c->sender, rules->idhost.s, to_queue, &c->queue);
    body_start(&m->body, kind, to_supplement, &m->supplement);
  }
  else body_start(&m->body, kind, to_queue, &c->queue);
  outlet_begin(&c->queue);
  outlet_data(&c->queue, line, received_format(line, rules->relayclient ? 0 : &c->peer, c->gate.helo, rules->me.s,
                                               protocol, time(0)));
}

void message_refuse(struct message *m, char const *refusal)
{
  if (m->refusal) return;
  m->refusal = refusal;
  m->body.sink = ignore;
  outlet_abort(&m->client->queue);
}

/* what is wrong with the message so far, or null */
static char const *fault(struct message const *m)
{
  if (m->body.bad) return m->body.kind == BODY_LF ? bad_text : bad_lines;
  if (m->client->rules->databytes && body_size(&m->body) > m->client->rules->databytes) return too_big;
  return m->body.hops > HOPS_MAX ? looping : 0;
}

/* Of several faults the first in fault's order is told, not the first that was found: that would depend on how the
   bytes were cut into packets. */
static void judge(struct message *m)
{
  char const *refusal = m->refusal && !m->faulty ? 0 : fault(m);

  if (!refusal) return;
  message_refuse(m, refusal);
  m->refusal = refusal;
  m->faulty = 1;
}

size_t message_feed(struct message *m, char *s, size_t len)
{
  size_t n = body_feed(&m->body, s, len);

  m->taken += (long long)n;
  judge(m);
  return n;
}

long long message_patience(struct message const *m, int idle)
{
  long long until = io_clock() + idle, slowest = m->start + idle + m->taken * 1000 / RATE_MIN;

  return until < slowest ? until : slowest;
}

/* the queue service's own words, when they fit the class of its code: RFC 3463 code, blank, printable text */
static char const *own_words(struct message *m, char const *code)
{
  char const *text = m->client->queue.text;
  char *c;

  if (!status_length(text, *code)) return 0;
  snprintf(m->words, sizeof m->words, "%s %s", code, text);
  for (c = m->words; *c; c++)
    if (*c < 32 || *c > 126) *c = '?';
  return m->words;
}

char const *message_end(struct message *m)
{
  struct client *c = m->client;
  int code, never;

  body_end(&m->body);
  judge(m);
  if (m->refusal) return m->refusal;
  if (*c->user) supplement_end(&m->supplement);
  code = outlet_end(&c->queue, c->records.s, c->records.len);
  if (!code) return 0;
  never = submit_permanent(code);
  m->refusal = own_words(m, never ? "554" : "451");
  if (!m->refusal) m->refusal = never ? queue_never : queue_later;
  return m->refusal;
}
