/*
 * mail-qstat.c - count the messages in the queue
 *
 * Runs as    root, then at once mails
 * Reads      names in queue/todo and queue/state; no file
 * Writes     two counts to fd 1
 * Trusts     nobody
 * If broken  names are all that comes in from outside: numbers could be wrong
 * Exits      0; 100 when the caller may not see the queue; 111 when it cannot be read
 */

#include <stdio.h>

#include "lib/conf/usage.h"
#include "lib/io/log.h"
#include "lib/priv/priv.h"
#include "user/names.h"
#include "user/print.h"

int main(int argc, char **argv)
{
  struct names todo, state;
  size_t i, untried = 0;

  log_name("mail-qstat");
  usage_alone(argc, argv, "usage: mail-qstat");
  names_enter();
  names_lock(PRIV_LIST);
  names_must(&todo, "todo");
  names_must(&state, "state");
  for (i = 0; i < todo.n; i++) untried += !names_has(&state, todo.id[i]);
  printf("messages in queue: %zu\nmessages in queue but not yet preprocessed: %zu\n", todo.n, untried);
  if (todo.strange) printf("files in queue/todo that are no messages: %zu\n", todo.strange);
  if (print_end() == -1) log_die(111, "fatal: cannot write", (char *)0);
  return 0;
}
