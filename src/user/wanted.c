/* wanted.c - see wanted.h */

#include <stdio.h>

#include "door/wishes.h"
#include "lib/conf/owner.h"
#include "lib/io/log.h"
#include "user/print.h"
#include "user/wanted.h"

static struct wishes wishes;

void wanted_read(void)
{
  enum wishes_answer a = wishes_load(&wishes);

  if (a == WISHES_ERROR) log_sys("warning: cannot read queue/" WISHES_PATH, owner_hint(WISHES_PATH));
  if (a == WISHES_STRANGE) log_line("warning: queue/" WISHES_PATH " is of another version");
  if (wishes.found.damaged) log_line("warning: queue/" WISHES_PATH " is damaged: it may not tell all that is held");
}

int wanted_held(char const *id)
{
  struct wish_note const *n = wishes_of(&wishes, id);

  return n && n->word == DESK_HOLD;
}

static int print(char const *what, struct wish_note const *n)
{
  printf("    waits: %s by ", what);
  if (*n->name) print_string(n->name);
  else printf("uid %lu", (unsigned long)n->uid);
  fputs(" since ", stdout);
  print_time(n->when);
  if (*n->reason) fputs(": ", stdout);
  print_string(n->reason);
  putchar('\n');
  return 1;
}

int wanted_print(char const *id)
{
  struct wish_note const *n = wishes_of(&wishes, id);

  if (!n) return 0;
  switch (n->word) {
    case DESK_HOLD: return print("held", n);
    case DESK_EXPIRE: return print("to be given up, ordered", n);
    case DESK_DELETE: return print("to be deleted, ordered", n);
    default: return 0;
  }
}

int wanted_print_domain(char const *domain, size_t len)
{
  struct wish_note const *n = wishes_of_domain(&wishes, domain, len);

  return n ? print("its domain is held", n) : 0;
}
