/* waits.c - see waits.h */

#include <errno.h>
#include <stdio.h>

#include "lib/io/log.h"
#include "user/print.h"
#include "user/waits.h"
#include "user/wanted.h"

void waits_complain(int complain)
{
  char const *why = waits_published(0);

  if (!why || !complain) return;
  if (errno) log_sys("warning: not known what mail waits for: ", why);
  else log_line("warning: not known what mail waits for: ", why);
}

static void print_until(char const *words, struct waits const *w)
{
  fputs(words, stdout);
  print_time(w->until);
  putchar('\n');
}

void waits_print(char const *address)
{
  struct waits w;

  waits_find(&w, address);
  if (wanted_print_domain(w.domain, w.domain_len)) return;
  switch (w.wait) {
    case WAIT_HOST: print_until("    waits: no host of this domain could be talked to, until ", &w); break;
    case WAIT_RATE: print_until("    waits: control/ratelimits allows no more of this domain, until ", &w); break;
    case WAIT_DOMAIN:
      printf("    waits: %u of %u deliveries to this domain are under way\n", w.flights, w.limit);
      break;
    case WAIT_CHANNEL:
      printf("    waits: %u of %u %s deliveries are under way\n", w.flights, w.limit, w.local ? "local" : "remote");
      break;
    case WAIT_STOPPED: printf("    waits: control/concurrency%s is 0\n", w.local ? "local" : "remote"); break;
    default: break;
  }
}
