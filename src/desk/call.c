/* call.c - see call.h */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "desk/act.h"
#include "desk/answer.h"
#include "desk/call.h"
#include "desk/choose.h"
#include "desk/held.h"
#include "door/order.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/log.h"
#include "lib/io/packet.h"
#include "lib/msg/names.h"

#define REQUEST_MS 10000
#define GO_MS 600000            /* for a person to say yes */

static LARGE struct ask_request request;
static struct names todo, wanted, chosen;       /* all there are; the request's; what it is for */

static _Noreturn void no_memory(void)
{
  answer_end(ASK_LATER, "mail-desk has no memory for this");
}

static _Noreturn void unreadable(void)
{
  char why[ASK_TEXT_MAX];

  snprintf(why, sizeof why, "mail-desk cannot read queue/%s: %s", todo.path, strerror(errno));
  answer_end(ASK_LATER, why);
}

static ssize_t take(int client, char *buf, size_t size, int ms)
{
  return answer_wait(POLLIN, ms) ? packet_recv(client, buf, size, 0) : -1;
}

static void add(struct names *names, char const *id)
{
  if (names_add(names, id) == -1) no_memory();
}

static void take_packet(int client)
{
  static LARGE char buf[ASK_PACKET_MAX];
  ssize_t r = take(client, buf, sizeof buf, REQUEST_MS);

  if (r <= 0 && errno != EPROTO) _exit(0);
  if (r <= 0 || !ask_request_unpack(&request, buf, (size_t)r))
    answer_end(ASK_REFUSED, "mail-desk does not understand this request: is mail-q of the same version?");
}

/* All of it, before anything is answered: who is still asking reads nothing. */
static void take_request(int client)
{
  uint32_t i;

  do {
    take_packet(client);
    if (request.n > ASK_ALL_IDS_MAX - wanted.n) answer_end(ASK_REFUSED, "these are more than 1000000 IDs");
    for (i = 0; i < request.n; i++) add(&wanted, request.id[i]);
  } while (request.more);
}

static void verdict(char const *id, enum ask_verdict v, char const *why)
{
  struct ask_item i = { .kind = ASK_VERDICT, .verdict = v, .text = { why, strlen(why) } };

  memcpy(i.id, id, strlen(id) + 1);
  answer_item(&i);
}

/* --- which ones */

static void show(struct view const *v)
{
  struct ask_item i;
  struct reply r;
  uint32_t n;

  view_message(v, &i);
  answer_item(&i);
  for (n = 0; v->sound && n < v->env.rcpts; n++) {
    view_rcpt(v, n, &i, &r);
    answer_item(&i);
  }
}

/* What cannot be read for now may be anything: it is told of, and an order that asks what it is passes over it. */
static void look_blind(struct view const *v)
{
  if (request.word == ASK_LIST && !choose_blind(&request.select)) show(v);
  verdict(v->id, ASK_ERROR, v->why);
}

static void look_into(struct view const *v)
{
  if (v->state == ASK_UNKNOWN) look_blind(v);
  else if (!choose_message(&request.select, v)) return;
  else if (request.word == ASK_LIST) show(v);
  else if (!*request.domain || choose_destination(request.domain, v)) add(&chosen, v->id);
}

/* 1, or 0 when it is not there any more. */
static int look(char const *id)
{
  struct ask_holder h;
  struct view v;

  if (!choose_id(&request.select, id)) return 1;
  if (request.word != ASK_LIST && !*request.domain && choose_by_name(&request.select)) {
    if (held_id(id, &h) == HELD_DELETED) return 0;
    add(&chosen, id);
    return 1;
  }
  if (!view_open(&v, id)) return 0;
  look_into(&v);
  view_close(&v);
  return 1;
}

/* An ID, or how one begins or ends. */
static void look_for(char const *part)
{
  char const *id = part;
  size_t found = names_has(&todo, part) ? 1 : id_ok(part) ? 0 : names_part(&todo, part, &id);

  if (found > 1) verdict(part, ASK_AMBIGUOUS, "");
  else if (!found || !look(id)) verdict(part, ASK_VANISHED, "");
}

/* runs: mail-send does. */
static void look_at_all(int runs)
{
  char const *why = held_read();
  size_t i;

  if (names_read(&todo, "todo") == -1) unreadable();
  if (why) answer_end(ASK_LATER, why);
  waits_published(runs);
  for (i = 0; i < wanted.n; i++) look_for(wanted.id[i]);
  for (i = 0; !wanted.n && i < todo.n; i++) look(todo.id[i]);
}

/* --- orders */

/* Ends the process when the client does not want it, or is gone. */
static void wait_for_go(int client)
{
  struct ask_item i = { .kind = ASK_FOUND, .found = (uint32_t)chosen.n };
  char go[2];

  answer_item(&i);
  answer_flush();
  if (take(client, go, sizeof go, GO_MS) != 1 || *go != ASK_GO) _exit(0);
}

/* What is chosen; a verdict for each. Null, or why nothing is promised. */
static char const *order_chosen(struct act_verdict **said)
{
  *said = malloc((chosen.n + 1) * sizeof **said);
  if (!*said) no_memory();
  return chosen.n ? act_ids(&request, (char const (*)[ID_MAX + 1])chosen.id, chosen.n, *said) : 0;
}

static void order_ids(void)
{
  struct act_verdict *said;
  char const *why = order_chosen(&said);
  size_t i;

  if (why) answer_end(ASK_LATER, why);
  for (i = 0; i < chosen.n; i++) verdict(chosen.id[i], said[i].verdict, act_why(said[i].why));
}

/* A domain that is to be tried: what waits for it is. */
static char const *retry_waiting(void)
{
  struct act_verdict *said;
  char const *why;
  size_t i;

  look_at_all(1);
  why = order_chosen(&said);
  for (i = 0; i < chosen.n && !why; i++)
    if (said[i].verdict == ASK_ERROR) why = act_why(said[i].why);
  free(said);
  return why;
}

static void order_domain(void)
{
  struct act_verdict said = { ASK_ERROR, 0 };
  char const *why;

  if (!desk_domain_ok(request.domain))
    answer_end(ASK_REFUSED, "a domain has no blank, @, capital letter or control character, and is UTF-8");
  why = act_domain(&request, &said);
  if (!why && request.word == ASK_RETRY) why = retry_waiting();
  if (why) answer_end(ASK_LATER, why);
  verdict("", said.verdict, said.verdict == ASK_DONE ? request.domain : act_why(said.why));
}

static void tell_domain(char const *domain, struct ask_holder const *h)
{
  struct ask_item i = { .kind = ASK_DOMAIN, .address = { domain, strlen(domain) }, .held = *h };

  answer_item(&i);
}

_Noreturn void call_serve(int client, int parent)
{
  answer_start(client, parent);
  act_start(parent);
  take_request(client);
  if (*request.domain) order_domain();
  else if (request.word == ASK_DOMAINS) {
    char const *why = held_read();
    if (why) answer_end(ASK_LATER, why);
    held_domains(tell_domain);
  }
  else {
    if (request.word != ASK_LIST && !request.all && !wanted.n && choose_any(&request.select))
      answer_end(ASK_REFUSED, "an order names messages, or says that all are meant");
    look_at_all(parent != -1);
    if (request.word != ASK_LIST) {
      wait_for_go(client);
      order_ids();
    }
  }
  answer_end(ASK_OK, "");
}
