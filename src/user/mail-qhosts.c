/*
 * mail-qhosts.c - show how the destinations of remote mail fare
 *
 * Runs as    root, then at once mails
 * Reads      queue/state/hosts, which mail-send writes (door/hosts.h)
 * Writes     a table to fd 1, escaped
 * Trusts     nobody: mail-send, and through it remote hosts, may have written anything
 * If broken  it can show what is not so, and as mails read and write what mail-send may
 * Exits      0; 100 when the caller may not see the queue; 111 when mail-send is not running or has not told
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "door/published.h"
#include "lib/conf/usage.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/priv/priv.h"
#include "user/names.h"
#include "user/print.h"

/* The busiest first, then by name. */
static int compare(void const *a, void const *b)
{
  struct host const *x = a, *y = b;
  uint64_t p = (uint64_t)x->flights + x->waiting, q = (uint64_t)y->flights + y->waiting;
  int d;

  if (p != q) return p < q ? 1 : -1;
  d = memcmp(x->name, y->name, x->name_len < y->name_len ? x->name_len : y->name_len);
  return d ? d : (x->name_len > y->name_len) - (x->name_len < y->name_len);
}

static void print_channel(char const *name, struct hosts_channel const *c)
{
  printf("%s %u/%u", name, c->flights, c->limit);
  if (c->waiting) printf(" waiting %u", c->waiting);
}

static void print_rate(struct hosts_rate const *r)
{
  char s[32] = "-";

  if (r->max) snprintf(s, sizeof s, "%u/%u", r->sum, r->max);
  printf(" %11s", s);
}

static void print_host(struct host const *h, uint64_t now)
{
  static char const *const word[] = { "ready", "dead", "held", "held" };
  char s[48], at_a_time[32];

  snprintf(at_a_time, sizeof at_a_time, "%u/%u", h->flights, h->limit);
  printf("%9s %8u", at_a_time, h->waiting);
  print_rate(&h->messages);
  print_rate(&h->connections);
  if (h->state == HOST_STOPPED) snprintf(s, sizeof s, "%s", word[HOST_STOPPED]);
  else if (h->state == HOST_READY || h->until <= now) snprintf(s, sizeof s, "%s", word[HOST_READY]);
  else snprintf(s, sizeof s, "%s:%llu", word[h->state], (unsigned long long)(((h->until - now) / 1000 + 1)));
  printf(" %-9s ", s);
  print_bytes(h->name, h->name_len);
  if (h->reply_len) printf(": ");
  print_bytes(h->reply, h->reply_len);
  putchar('\n');
}

static void print_all(struct published const *p)
{
  struct hosts const *head = &p->head;
  struct host *h = p->host;
  uint64_t now = (uint64_t)io_clock();
  uint32_t i;

  print_channel("local", &head->local);
  print_channel(", remote", &head->remote);
  printf(", %llu seconds ago\n", (unsigned long long)(head->written < now ? (now - head->written) / 1000 : 0));
  if (!head->n) return;
  qsort(h, head->n, sizeof *h, compare);
  printf("%9s %8s %11s %11s %-9s %s\n", "now/most", "waiting", "messages", "connections", "state", "destination");
  for (i = 0; i < head->n; i++) print_host(h + i, now);
}

int main(int argc, char **argv)
{
  struct published p;
  char const *why;

  log_name("mail-qhosts");
  usage_alone(argc, argv, "usage: mail-qhosts");
  names_enter();
  names_lock(PRIV_FILES);
  why = published_read(&p, 0);
  if (why && errno) log_die(111, why, (char *)0);
  if (why) log_diex(111, why, (char *)0);
  print_all(&p);
  if (print_end() == -1) log_die(111, "fatal: cannot write", (char *)0);
  return 0;
}
