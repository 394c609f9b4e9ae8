/* entry.c - see entry.h */

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "in/entry.h"
#include "lib/io/log.h"
#include "lib/io/netlen.h"

void entry_start(struct entry *e, char const *protocol, struct rules const *rules, struct peer const *peer, int in,
                 int out)
{
  e->protocol = protocol;
  e->rules = rules;
  e->pid = getpid();
  outlet_start(&e->queue);
  e->records = (stralloc)STRALLOC_ZERO;
  wire_start(&e->wire, in, out, rules->timeoutsmtpd, rules->sessiontime);
  e->peer = *peer;
  entry_begin(e);
}

void entry_close(struct entry *e)
{
  wire_close(&e->wire);
  outlet_close(&e->queue);
  stralloc_free(&e->records);
}

void entry_begin(struct entry *e)
{
  frame_start(&e->in, &e->wire);
  e->sender[0] = 0;
  e->records.len = 0;
  e->rcpts = 0;
}

/* Without the queue service the message is read as well, and thrown away. */
void entry_message(struct entry *e, struct message *m, enum body_kind kind, char const *refusal, unsigned int wait)
{
  char const *away = message_connect(&e->queue, wait);

  in_message_begin(m, &e->queue, e->rules, kind, &e->peer, "", e->protocol);
  if (refusal || away) message_refuse(m, refusal ? refusal : away);
}

int entry_body(struct entry *e, struct message *m, size_t len)
{
  while (len) {
    char *s;
    size_t n = frame_some(&e->in, &s, len, message_patience(m, e->wire.idle));
    if (!n) return 0;
    message_feed(m, s, n);
    len -= n;
  }
  e->in.until = message_patience(m, e->wire.idle);
  return frame_end(&e->in);
}

int entry_record(struct entry *e, char letter, char const *address)
{
  return stralloc_catb(&e->records, &letter, 1) && stralloc_catb(&e->records, address, strlen(address) + 1);
}

void entry_reply(struct entry *e, char const *reply)
{
  char head[NETLEN_MAX], letter = *reply == '2' ? 'K' : *reply == '5' ? 'D' : 'Z';
  char const *text = reply + strcspn(reply, " ");
  size_t len = strlen(text);

  wire_put(&e->wire, head, netlen_format(head, len ? len : 1));
  wire_put(&e->wire, &letter, 1);
  if (len) wire_put(&e->wire, text + 1, len - 1);
  wire_put(&e->wire, ",", 1);
}

char const *entry_taken(struct entry const *e, char reply[ENTRY_TAKEN_MAX])
{
  snprintf(reply, ENTRY_TAKEN_MAX, "250 2.0.0 ok %lld qp %s", (long long)time(0), e->queue.text);
  return reply;
}

void entry_log(struct entry const *e, char const *what)
{
  log_start();
  log_text(what);
  log_text(" pid=");
  log_number(e->pid);
  peer_log(&e->peer);
  if (*e->peer.info) log_field("info", e->peer.info);
  if (e->records.len) log_field("from", e->sender);
}

void entry_log_message(struct entry const *e, struct message const *m, char const *refusal)
{
  entry_log(e, refusal ? "refused message" : "accepted");
  if (!refusal) log_field("id", e->queue.text);
  log_text(" rcpts=");
  log_number(e->rcpts);
  log_text(" bytes=");
  log_number((long long)m->body.bytes);
  if (refusal) {
    log_text(": ");
    log_string(refusal);
  }
  log_end();
}

void entry_log_end(struct entry const *e, char const *why)
{
  static char const *const trouble[] = { 0, "the client closed the connection within a request", "time is over",
                                         "the connection broke" };

  if (e->in.bad) why = "this is no request of the protocol";
  else if (e->wire.state == WIRE_ENDED && !e->in.begun) return;
  else if (e->wire.state != WIRE_OPEN) why = trouble[e->wire.state];
  if (!why) return;
  entry_log(e, "session ended");
  log_text(": ");
  log_string(why);
  log_end();
}
