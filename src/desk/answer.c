/* answer.c - see answer.h */

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "desk/answer.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/packet.h"

#define PATIENCE_MS 300000      /* for a client that does not read: a person with a pager */
#define GATHER_MS 200

static LARGE char buf[ASK_PACKET_MAX / 2]; /* two fit an ordinary socket's buffer with room to spare */
static struct pack out;
static size_t empty;            /* length of a packet without items */
static long long sent_at;
static int to, parent;

static void begin(void)
{
  out = (struct pack){ .s = buf, .size = sizeof buf };
  ask_answer_start(&out);
  empty = out.len;
}

void answer_start(int client, int the_parent)
{
  to = client;
  parent = the_parent;
  begin();
}

int answer_wait(short events, int ms)
{
  struct pollfd p[] = { { .fd = to, .events = events }, { .fd = parent } };
  long long until = io_clock() + ms;
  int r;

  do r = poll(p, sizeof p / sizeof *p, io_left(until));
  while (r == -1 && io_poll_failed() == 0);
  if (r > 0 && !p[0].revents) _exit(0);
  return r > 0;
}

void answer_flush(void)
{
  long long until = io_clock() + PATIENCE_MS;

  if (out.len == empty) return;
  while (packet_send(to, out.s, out.len, -1) == -1)
    if (packet_again() == -1 || !answer_wait(POLLOUT, io_left(until))) _exit(0);
  sent_at = io_clock();
  begin();
}

void answer_item(struct ask_item const *i)
{
  ask_item_pack(&out, i);
  if (out.size - out.len < ASK_ITEM_MAX || io_clock() - sent_at > GATHER_MS) answer_flush();
}

_Noreturn void answer_end(enum ask_end end, char const *text)
{
  struct ask_item i = { .kind = ASK_END, .end = end, .text = { text, strlen(text) } };

  ask_item_pack(&out, &i);
  answer_flush();
  _exit(0);
}
