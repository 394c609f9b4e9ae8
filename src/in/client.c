/* client.c - see client.h */

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "in/client.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

static char const ok[] = "250 2.0.0 ok ";
static char const no_memory[] = "452 4.3.0 out of memory";

void client_start(struct client *c, struct visit const *v)
{
  log_hold(1);
  wire_start(&c->wire, v->in, v->out, v->rules.timeoutsmtpd, v->rules.sessiontime);
  wire_under(&c->wire, v->orders, v->hurry);
  c->peer = v->peer;
  c->rules = &v->rules;
  c->ties = v->ties;
  c->pid = getpid();
  c->start = io_clock();
  c->told = v->orders != -1;
  c->helo = 0;
  c->tls = c->user = "";
  c->messages = c->passed = c->refused = 0;
  c->bytes = 0;
  gate_start(&c->gate, c->rules, &c->peer, c->ties ? c->ties->lookup : -1);
  budget_start(&c->budget, c->rules, gate_tries(&c->gate));
  outlet_start(&c->queue, c->ties ? c->ties->queue : -1);
  c->records = (stralloc)STRALLOC_ZERO;
  named_start(&c->named, &c->records);
  client_reset(c);
}

void client_close(struct client *c)
{
  wire_close(&c->wire);
  log_release();
  log_hold(0);
  if (c->ties) *c->ties = (struct ties){ .queue = outlet_keep(&c->queue), .lookup = gate_keep(&c->gate) };
  outlet_close(&c->queue);
  gate_close(&c->gate);
  named_clear(&c->named);
  stralloc_free(&c->records);
}

int client_spotless(struct client const *c)
{
  return c->wire.state == WIRE_OPEN && !c->budget.errors && !c->refused;
}

void client_reset(struct client *c)
{
  c->sender[0] = 0;
  c->records.len = 0;
  c->rcpts = c->wanted = 0;
  named_clear(&c->named);
}

/* --- the envelope */

char const *client_record(struct client *c, char letter, char const *address, char const *more, size_t len)
{
  size_t before = c->records.len;

  if (stralloc_catb(&c->records, &letter, 1) && stralloc_catb(&c->records, address, strlen(address) + 1)
      && stralloc_catb(&c->records, more, len)) return 0;
  c->records.len = before;
  return no_memory;
}

char const *client_sender(struct client *c, char const *address, char const *more, size_t len)
{
  snprintf(c->sender, sizeof c->sender, "%s", address);
  return client_record(c, 'F', address, more, len);
}

int client_full(struct client const *c, size_t len)
{
  return c->wanted >= c->rules->maxrcpt || c->records.len + len + 2 > ENVELOPE_BYTES_MAX / 2;
}

char const *client_recipient(struct client *c, char const *address, char const *more, size_t len)
{
  size_t before = c->records.len;
  char const *refusal = client_record(c, 'T', address, more, len);
  int again = !refusal && named_has(&c->named, before);

  if (!refusal && !again) refusal = gate_permits(&c->gate, c->sender, address);
  if (!refusal && !again && !named_add(&c->named, before)) refusal = no_memory;
  if (refusal || again) c->records.len = before;
  else c->rcpts++;
  c->wanted += !refusal;
  return refusal;
}

void client_refuse(struct client *c, char const *to, char const *refusal)
{
  int pause = gate_count(&c->gate, refusal);

  client_log_refused(c, "refused", "to", to, refusal);
  if (pause) wire_pause(&c->wire, pause);
}

char const *client_taken(struct client const *c, char reply[CLIENT_TAKEN_MAX])
{
  snprintf(reply, CLIENT_TAKEN_MAX, "%s%lld qp %s", ok, (long long)time(0), c->queue.text);
  return reply;
}

/* --- the log */

void client_log(struct client const *c, char const *what)
{
  log_start();
  log_text(what);
  log_count(" pid=", c->pid);
  peer_log(&c->peer);
  if (c->helo) log_field("helo", c->helo);
  if (*c->peer.info) log_field("info", c->peer.info);
  if (*c->tls) log_field("tls", c->tls);
  if (*c->user) log_field("user", c->user);
  if (c->records.len) log_field("from", c->sender);
}

void client_log_end(char const *why)
{
  log_text(": ");
  log_string(why);
  log_end();
}

static void count(struct client *c, unsigned long long bytes)
{
  c->messages++;
  c->passed += c->rcpts;
  c->bytes += bytes;
}

void client_log_message(struct client *c, unsigned long long bytes, char const *refusal)
{
  if (refusal) c->refused++;
  else count(c, bytes);
  client_log(c, refusal ? "refused message" : "accepted");
  if (!refusal) log_field("id", c->queue.text);
  log_count(" rcpts=", c->rcpts);
  log_count(" bytes=", bytes);
  if (refusal) client_log_end(refusal);
  else log_end();
}

void client_log_refused(struct client *c, char const *what, char const *field, char const *address, char const *refusal)
{
  c->refused++;
  client_log(c, what);
  log_field(field, address);
  client_log_end(refusal);
}

void client_log_away(struct client *c, char const *refusal)
{
  c->refused++;
  client_log(c, "refused message");
  client_log_end(refusal);
}

void client_log_ended(struct client const *c, char const *why)
{
  static char const *const trouble[] = { 0, "the client closed the connection", "time is over",
                                         "the connection broke", "others need the place of an idle client" };

  if (c->wire.state != WIRE_OPEN) why = trouble[c->wire.state];
  if (!why && !c->told) return;
  client_log(c, "session ended");
  log_count(" messages=", c->messages);
  log_count(" rcpts=", c->passed);
  log_count(" refused=", c->refused);
  log_count(" bytes=", (long long)c->bytes);
  log_count(" seconds=", (io_clock() - c->start) / 1000);
  client_log_end(why ? why : "the client is done");
}
