/* child.c - see child.h */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/io/log.h"
#include "local/child.h"
#include "local/task.h"
#include "local/verdict.h"

#define LINES_MAX 50            /* logged for one delivery */
#define READ_BYTES 4096
#define READ_TIMES 16           /* at one turn: what a pipe holds */
#define SLOW_MS 200             /* between two such turns for what is not kept */
#define TEXT_MS 100             /* most deliveries have ended by then, and the text is taken with that */

void child_begin(struct child *c)
{
  c->text_from = io_clock() + TEXT_MS;
}

/* What was said before, by programs that a task left behind, is not about this one. */
void child_renew(struct child *c)
{
  char buf[READ_BYTES];
  int i;

  for (i = 0; i < 2; i++)
    if (c->fd[i] != -1) (void)!read(c->fd[i], buf, sizeof buf);
  c->done = c->text_done = 0;
  c->text_len = c->line_len = 0;
  c->lines = 0;
  c->slow_until = 0;
  child_begin(c);
}

void child_close(struct child *c)
{
  int i;

  for (i = 0; i < CHILD_FDS; i++) {
    io_close_keep(c->fd[i]);
    c->fd[i] = -1;
  }
}

void child_kill(struct child const *c, int sig)
{
  kill(-c->pid, sig);
  kill(c->pid, sig);    /* it may not be the leader of its group yet */
}

/* The first line, as ASCII: it goes into reports and bounces. */
static void take_text(struct child *c, char const *s, size_t len)
{
  for (; len; s++, len--) {
    if (*s == '\n' || c->text_len == TEXT_MAX) c->text_done = 1;
    if (c->text_done) return;
    c->text[c->text_len++] = *s >= 32 && *s < 127 ? *s : '?';
  }
}

static void log_line_of(struct child *c, char const *id)
{
  if (!c->line_len || c->lines > LINES_MAX) {
    c->line_len = 0;
    return;
  }
  log_start();
  log_text("output");
  log_field("id", id);
  log_text(": ");
  if (c->lines++ < LINES_MAX) log_bytes(c->line, c->line_len);
  else log_text("more is not logged");
  log_end();
  c->line_len = 0;
}

static void take_lines(struct child *c, char const *s, size_t len, char const *id)
{
  for (; len; s++, len--) {
    if (*s == '\n' || c->line_len == sizeof c->line) log_line_of(c, id);
    if (*s != '\n') c->line[c->line_len++] = *s;
  }
}

long long child_pause(struct child const *c, int which)
{
  long long from = !which && c->text_from > c->slow_until ? c->text_from : c->slow_until;

  return from > io_clock() ? from : 0;
}

/* More than an answer is its end, as everything is that it was not asked for. */
static void read_answer(struct child *c)
{
  int r = task_is_done(c->fd[2]);

  if (r == 1) c->done = 1;
  if (r != -1) return;
  close(c->fd[2]);
  c->fd[2] = -1;
}

void child_read(struct child *c, int which, char const *id)
{
  char buf[READ_BYTES];
  ssize_t r = 0;
  int i;

  if (which == 2) {
    read_answer(c);
    return;
  }

  for (i = 0; i < READ_TIMES && c->fd[which] != -1; i++) {
    do r = read(c->fd[which], buf, sizeof buf);
    while (r == -1 && errno == EINTR);
    if (r == -1 && errno == EAGAIN) return;
    if (r <= 0) {
      close(c->fd[which]);
      c->fd[which] = -1;
    }
    else if (which == 0 && !c->text_done) take_text(c, buf, (size_t)r);
    else if (which == 1 && c->lines <= LINES_MAX) take_lines(c, buf, (size_t)r, id);
    else c->slow_until = io_clock() + SLOW_MS;
  }
}

static void set_text(struct child *c, char const *s)
{
  c->text_len = (size_t)snprintf(c->text, sizeof c->text, "%s", s);
}

/* A failure's text starts with a code of its own kind, whatever the child wrote. */
static void check_code(struct child *c, char class)
{
  char copy[TEXT_MAX + 1];

  if (c->text[0] == class && c->text[1] == '.') return;
  memcpy(copy, c->text_len ? c->text : "delivery failed", c->text_len ? c->text_len + 1 : sizeof "delivery failed");
  c->text_len = (size_t)snprintf(c->text, sizeof c->text, "%c.3.0 %.480s", class, copy);
}

void child_take_rest(struct child *c, char const *id)
{
  child_read(c, 0, id);
  child_read(c, 1, id);
  log_line_of(c, id);
  c->text[c->text_len] = 0;
}

enum result local_child_end(struct child *c, int status, char const *id)
{
  enum result result = RESULT_LATER;

  child_take_rest(c, id);
  child_close(c);
  if (WIFSIGNALED(status)) set_text(c, "4.3.0 the delivery was interrupted");
  else if (WEXITSTATUS(status) == 0) result = RESULT_DONE;
  else if (WEXITSTATUS(status) == VERDICT_NEVER) result = RESULT_FAILED;
  if (result == RESULT_FAILED) check_code(c, '5');
  if (result == RESULT_LATER) check_code(c, '4');
  return result;
}
