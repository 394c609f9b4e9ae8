/*
 * mail-qread.c - list the messages in the queue with their recipients
 *
 * Runs as    root, until it has the names in the queue; then mails, who may read envelopes and marks, no message
 * Reads      names in queue/todo and queue/mess, files in queue/todo and queue/state; control/
 * Writes     the list to fd 1
 * Trusts     nobody: envelopes are checked (door/envelope.h), addresses and replies are printed escaped
 * If broken  whoever sent mail could read envelopes as mails, locked in without a way to write
 * Exits      0; 100 when the caller may not see the queue; 111 when it cannot be read
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "door/envelope.h"
#include "door/replies.h"
#include "door/state.h"
#include "lib/conf/owner.h"
#include "lib/conf/usage.h"
#include "lib/io/log.h"
#include "lib/msg/id.h"
#include "lib/priv/priv.h"
#include "user/names.h"
#include "user/print.h"
#include "user/waits.h"
#include "user/wanted.h"

static char const *mark_words(char mark)
{
  if (mark_todo(mark)) return "";
  return mark == MARK_DONE || mark == MARK_REPORT ? "  done" : "  failed";
}

static void print_next(char const *id, struct state const *s)
{
  fputs(", next ", stdout);
  if (s->next == STATE_HELD || wanted_held(id)) fputs("held", stdout);
  else print_time(s->next);
}

static void print_state(char const *id, enum state_answer answer, struct state const *s, char const *why)
{
  switch (answer) {
    case STATE_NONE:
      if (wanted_held(id)) fputs("  held", stdout);
      break;
    case STATE_READ:
      printf("  tried %lu", (unsigned long)s->tries);
      print_next(id, s);
      break;
    case STATE_TORN: fputs("  damaged state", stdout); break;
    case STATE_STRANGE: fputs("  state of another version", stdout); break;
    default: printf("  unreadable state: %s", why);
  }
}

/* Below a recipient that is to do: what was said of it last, and what it waits for. */
static void print_why(struct envelope const *e, uint32_t i, struct state const *s)
{
  struct reply r;

  if (s->whole && replies_get(e->id, i, &r)) {
    printf("    tried %lu, last ", (unsigned long)r.tries);
    print_time(r.when);
    print_next(e->id, s);
    fputs(": ", stdout);
    print_bytes(r.text, r.len);
    putchar('\n');
  }
  if (!wanted_print(e->id)) waits_print(envelope_rcpt(e, i));
}

static void print_recipients(struct envelope const *e, char const *marks, struct state const *s)
{
  uint32_t i;

  for (i = 0; i < e->rcpts; i++) {
    printf("%s\t", mark_words(marks[i]));
    print_string(envelope_rcpt(e, i));
    putchar('\n');
    if (mark_todo(marks[i])) print_why(e, i, s);
  }
}

static void print_message(struct envelope const *e, int lost)
{
  char *marks = malloc((size_t)e->rcpts + 1);
  char path[ID_PATH_MAX], why[640] = "";
  struct state s;
  enum state_answer answer;

  if (!marks) log_die(111, "fatal: out of memory", (char *)0);
  answer = state_read(e->id, &s, marks, e->rcpts);
  if (answer == STATE_ERROR) {
    id_path(path, "state", e->id);
    snprintf(why, sizeof why, "%s%s", strerror(errno), owner_hint(path));
  }
  print_time(id_time(e->id));
  printf("  #%s  %llu  <", e->id, (unsigned long long)e->bytes);
  print_string(e->sender);
  putchar('>');
  print_state(e->id, answer, &s, why);
  fputs(lost ? "  the message itself is missing\n" : "\n", stdout);
  print_recipients(e, marks, &s);
  free(marks);
}

static void print_id(char const *id, int lost)
{
  struct envelope e;
  char path[ID_PATH_MAX];
  char const *hint;
  char why[256];
  int fd, r;

  id_path(path, "todo", id);
  fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd == -1 && errno == ENOENT) return;      /* done in the meantime */
  r = fd == -1 ? -1 : envelope_read(&e, fd, id);
  if (r == 1) {
    print_message(&e, lost);
    envelope_free(&e);
  }
  else {
    snprintf(why, sizeof why, "%s", r ? strerror(errno) : "damaged envelope");
    hint = r ? owner_hint(path) : "";
    print_time(id_time(id));
    printf("  #%s  %s: queue/%s%s\n", id, why, path, hint);
  }
  if (fd != -1) close(fd);
}

int main(int argc, char **argv)
{
  struct names todo, mess;
  char const *bad;
  size_t i;

  log_name("mail-qread");
  usage_alone(argc, argv, "usage: mail-qread");
  names_enter();
  bad = waits_settings();
  if (bad) log_sys("warning: cannot read control/", bad);
  /* in this order: of a message that is done, todo goes first */
  names_must(&todo, "todo");
  names_must(&mess, "mess");
  names_lock(PRIV_FILES);
  waits_complain(todo.n > 0);
  wanted_read();
  for (i = 0; i < todo.n; i++) print_id(todo.id[i], !names_has(&mess, todo.id[i]));
  if (todo.strange) printf("files in queue/todo that are no messages: %zu\n", todo.strange);
  if (print_end() == -1) log_die(111, "fatal: cannot write", (char *)0);
  return 0;
}
