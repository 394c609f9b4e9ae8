/* act.c - see act.h */

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "desk/act.h"
#include "door/order.h"
#include "lib/io/io.h"
#include "lib/io/packet.h"

#define PATIENCE_MS 60000       /* for mail-send */

static char const ended[] = "mail-send or mail-desk ended before it was done: some of it may have happened, nothing is "
                            "promised; look with mail-q list, and order it again";
static char const unfit[] = "mail-desk cannot put this order to mail-send: it was not given, and nothing is promised";
static char const strange[] = "mail-desk does not understand what mail-send answers: some of it may have happened, "
                              "nothing is promised; restart the service send";
static char const silent[] = "mail-send does not answer: some of it may have happened, nothing is promised";
static int parent;
static struct desk_order order;
static struct desk_answer answer;
static char why_not[DESK_WHY_MAX + 1];  /* of the last answer that said so: that to a commit says nothing of others */

void act_start(int sock)
{
  parent = sock;
}

char const *act_why(void)
{
  return why_not;
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
  if (*answer.why) memcpy(why_not, answer.why, sizeof why_not);
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

char const *act_ids(struct ask_request const *r, char const (*id)[ID_MAX + 1], size_t n, char *verdict)
{
  char const *why = 0;
  size_t at = 0;

  for (; at < n && !why; at += order.n) {
    start(r);
    for (; order.n < DESK_IDS && at + order.n < n; order.n++)
      memcpy(order.id[order.n], id[at + order.n], ID_MAX + 1);
    why = exchange();
    if (!why) memcpy(verdict + at, answer.verdict, order.n);
  }
  return why ? why : commit();
}

char const *act_domain(struct ask_request const *r, char *verdict)
{
  char const *why;

  start(r);
  memcpy(order.domain, r->domain, strlen(r->domain) + 1);
  why = exchange();
  if (why) return why;
  *verdict = answer.verdict[0];
  return *verdict == ASK_DONE ? commit() : 0;
}
