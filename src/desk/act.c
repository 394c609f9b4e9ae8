/* act.c - see act.h */

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "desk/act.h"
#include "door/order.h"
#include "lib/io/io.h"
#include "lib/io/packet.h"

#define PATIENCE_MS 60000       /* for mail-send */
#define REASONS 16              /* different ones that are kept */
#define AGAIN_MAX 1000          /* messages that are asked for once more, alone */

static char const ended[] = "mail-send or mail-desk ended before it was done: some of it may have happened, nothing is "
                            "promised; look with mail-q list, and order it again";
static char const unfit[] = "mail-desk cannot put this order to mail-send: it was not given, and nothing is promised";
static char const strange[] = "mail-desk does not understand what mail-send answers: some of it may have happened, "
                              "nothing is promised; restart the service send";
static char const silent[] = "mail-send does not answer: some of it may have happened, nothing is promised";
static int parent;
static struct desk_order order;
static struct desk_answer answer;
static char reasons[REASONS][DESK_WHY_MAX + 1];         /* [0]: "" */
static unsigned int kept = 1, again;

void act_start(int sock)
{
  parent = sock;
}

char const *act_why(unsigned int why)
{
  return reasons[why];
}

static unsigned int keep_reason(char const *why)
{
  unsigned int i = 0;

  while (i < kept && strcmp(reasons[i], why)) i++;
  if (i == REASONS) return 0;
  if (i == kept) memcpy(reasons[kept++], why, strlen(why) + 1);
  return i;
}

/* Null, or why there is no answer. */
static char const *exchange(void)
{
  static char buf[DESK_ORDER_MAX];
  size_t len = desk_order_pack(&order, buf);
  ssize_t r;

  if (parent == -1) return "nothing can be ordered: mail-send does not run here, start the service send";
  if (!len) return unfit;
  if (packet_send(parent, buf, len, -1) == -1) return ended;
  if (io_wait(parent, POLLIN, PATIENCE_MS) != 1) return silent;
  r = packet_recv(parent, buf, sizeof buf, 0);
  if (r <= 0) return ended;
  if (!desk_answer_unpack(&answer, buf, (size_t)r) || answer.word != order.word || answer.n != (order.n ? order.n : 1))
    return strange;
  return 0;
}

static void start(struct ask_request const *r)
{
  order = (struct desk_order){ .word = (enum desk_word)r->word };
  memcpy(order.reason, r->reason, strlen(r->reason) + 1);
}

/* What came before is to be durable. */
static char const *commit(void)
{
  char const *why;

  order = (struct desk_order){ .word = DESK_COMMIT };
  why = exchange();
  if (why || answer.verdict[0] == ASK_DONE) return why;
  return *answer.why ? answer.why : "mail-send could not write it down: nothing is promised";
}

static int refused(enum ask_verdict v)
{
  return v == ASK_NOT_NOW || v == ASK_ERROR;
}

/* One order for n of them. An answer has one reason: it is of one that was refused, or of all that could not be
   written down; else nobody knows whose it is. */
static char const *give(struct ask_request const *r, char const (*id)[ID_MAX + 1], size_t n, struct act_verdict *v)
{
  unsigned int reason, bad = 0, errors = 0;
  char const *why;
  size_t i;

  start(r);
  order.n = (uint32_t)n;
  for (i = 0; i < n; i++) memcpy(order.id[i], id[i], ID_MAX + 1);
  why = exchange();
  if (why) return why;
  for (i = 0; i < n; i++) {
    bad += refused((enum ask_verdict)answer.verdict[i]);
    errors += answer.verdict[i] == ASK_ERROR;
  }
  reason = bad == 1 || bad == errors ? keep_reason(answer.why) : 0;
  for (i = 0; i < n; i++) {
    v[i].verdict = (enum ask_verdict)answer.verdict[i];
    v[i].why = refused(v[i].verdict) ? reason : 0;
  }
  return 0;
}

/* Those without a reason are asked for alone: mail-send has done nothing to them. */
static char const *ask_why(struct ask_request const *r, char const (*id)[ID_MAX + 1], size_t n, struct act_verdict *v)
{
  char const *why = 0;
  size_t i;

  for (i = 0; i < n && !why && again < AGAIN_MAX; i++) {
    if (!refused(v[i].verdict) || v[i].why) continue;
    again++;
    why = give(r, id + i, 1, v + i);
  }
  return why;
}

char const *act_ids(struct ask_request const *r, char const (*id)[ID_MAX + 1], size_t n, struct act_verdict *v)
{
  char const *why = 0;
  size_t at, some;

  for (at = 0; at < n && !why; at += some) {
    some = n - at < DESK_IDS ? n - at : DESK_IDS;
    why = give(r, id + at, some, v + at);
    if (!why) why = ask_why(r, id + at, some, v + at);
  }
  return why ? why : commit();
}

char const *act_domain(struct ask_request const *r, struct act_verdict *v)
{
  char const *why;

  start(r);
  memcpy(order.domain, r->domain, strlen(r->domain) + 1);
  why = exchange();
  if (why) return why;
  *v = (struct act_verdict){ (enum ask_verdict)answer.verdict[0], keep_reason(answer.why) };
  return v->verdict == ASK_DONE ? commit() : 0;
}
