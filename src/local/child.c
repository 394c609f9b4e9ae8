/* child.c - see child.h */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/addr/verp.h"
#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/spawn.h"
#include "lib/priv/priv.h"
#include "local/child.h"
#include "local/verdict.h"

#define LINES_MAX 50            /* logged for one delivery */
#define READ_BYTES 4096
#define READ_TIMES 16           /* at one turn: what a pipe holds */
#define SLOW_MS 200             /* between two such turns for what is not kept */
#define VARIABLES_MAX 27        /* one for each letter, and the ID */
#define VARIABLE_BYTES (64 + ADDRESS_MAX)
#define PATH_DEFAULT "/usr/local/bin:/usr/bin:/bin"

/* Says who it is for: only then mail-local starts. A home that is somebody else's would be a way into it. */
static void check_home(struct lookup_answer const *a)
{
  struct stat st;

  if (a->home[0] != '/') verdict_later("4.3.5 the recipient's home has no absolute path");
  if (stat(a->home, &st) == -1) {
    log_sys("unable to look at the home ", a->home);
    verdict_later("4.2.1 the recipient's home is not available");
  }
  if (S_ISDIR(st.st_mode) && st.st_uid == a->uid) return;
  log_line("the home ", a->home, " does not belong to user ", a->user);
  verdict_later("4.3.5 the recipient's home is somebody else's");
}

void child_params(struct child_params *p, struct job const *j)
{
  memcpy(p->id, j->id, sizeof p->id);
  p->of_sender = j->params.len;
  memcpy(p->sender, j->params.s, p->of_sender);
  p->of_rcpt = j->rcpt[0].params.len;
  memcpy(p->rcpt, j->rcpt[0].params.s, p->of_rcpt);
}

/* "NAME=value" of what was asked for; to has VARIABLES_MAX places. Their number. */
static size_t set_variables(char **to, struct child_params const *p)
{
  static char text[VARIABLES_MAX][VARIABLE_BYTES];
  struct param_run const sender = { p->sender, p->of_sender }, rcpt = { p->rcpt, p->of_rcpt };
  struct param const *k;
  size_t n = 0;

  for (k = params_known; k->letter && n < VARIABLES_MAX - 1; k++) {
    char const *value = param_get(k->of_rcpt ? rcpt : sender, k->letter);
    if (!value || (k->has_value && !*value)) continue;
    snprintf(text[n], sizeof text[n], "%s=%s", k->name, k->has_value ? value : "1");
    to[n] = text[n];
    n++;
  }
  snprintf(text[n], sizeof text[n], "QUEUEID=%s", p->id);
  to[n] = text[n];
  return n + 1;
}

/* The sender as this recipient sees it. */
static char const *sender_for(char const *sender, char const *address)
{
  static char named[2 * ADDRESS_MAX + 2];       /* mail-local says when it is too long */

  if (!verp_is(sender)) return sender;
  verp_make(named, sizeof named, sender, address);
  return named;
}

static void become_local(struct lookup_answer const *a, char const *sender, char const *address, char const *standard,
                         struct child_params const *p) __attribute__((noreturn));
static void become_local(struct lookup_answer const *a, char const *sender, char const *address, char const *standard,
                         struct child_params const *p)
{
  char program[CONF_PATH_MAX], path[1024];
  char const *inherited = getenv("PATH");
  char const *argv[] = { "mail-local", "--", a->user, a->home, a->local, a->dash, a->ext, a->domain, 0, standard, 0 };
  char *env[1 + VARIABLES_MAX + 1] = { path };

  io_close_from(3);
  umask(077);
  if (setsid() == -1) _exit(VERDICT_LATER);
  if (priv_become(a->uid, a->gid) == -1) {
    log_sys("unable to become user ", a->user);
    verdict_later("4.3.0 unable to start the delivery");
  }
  check_home(a);
  argv[8] = sender_for(sender, address);
  snprintf(path, sizeof path, "PATH=%.1000s", inherited ? inherited : PATH_DEFAULT);
  env[1 + set_variables(env + 1, p)] = 0;
  execve(conf_path(program, "bin/mail-local"), (char **)argv, env);
  log_sys("unable to run ", program);
  verdict_later("4.3.0 unable to start the delivery");
}

static pid_t start(int (*pipes)[2], int message)
{
  pid_t pid;

  if (spawn_pipes(pipes, CHILD_FDS) == -1) return -1;
  pid = io_nonblock(pipes[0][0]) == -1 || io_nonblock(pipes[1][0]) == -1 ? -1
    : spawn_program((int const []){ message, pipes[0][1], pipes[1][1] }, 3, 0, VERDICT_LATER);
  if (pid == -1) spawn_close(pipes, CHILD_FDS);
  return pid;
}

int local_child_start(struct child *c, int message, struct lookup_answer const *a, char const *sender,
                      char const *address, char const *standard, struct child_params const *params)
{
  int pipes[CHILD_FDS][2], i;

  memset(c, 0, sizeof *c);
  c->pid = start(pipes, message);
  if (!c->pid) become_local(a, sender, address, standard, params);
  if (c->pid == -1) {
    log_sys("error: unable to start mail-local");
    return -1;
  }
  for (i = 0; i < CHILD_FDS; i++) {
    close(pipes[i][1]);
    c->fd[i] = pipes[i][0];
  }
  return 0;
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

long long child_pause(struct child const *c)
{
  return c->slow_until > io_clock() ? c->slow_until : 0;
}

void child_read(struct child *c, int which, char const *id)
{
  char buf[READ_BYTES];
  ssize_t r = 0;
  int i;

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

enum result local_child_end(struct child *c, int status, char const *id)
{
  enum result result = RESULT_LATER;
  int i;

  child_read(c, 0, id);
  child_read(c, 1, id);
  log_line_of(c, id);
  for (i = 0; i < CHILD_FDS; i++)
    if (c->fd[i] != -1) close(c->fd[i]);
  c->text[c->text_len] = 0;
  if (WIFSIGNALED(status)) set_text(c, "4.3.0 the delivery was interrupted");
  else if (WEXITSTATUS(status) == 0) result = RESULT_DONE;
  else if (WEXITSTATUS(status) == VERDICT_NEVER) result = RESULT_FAILED;
  if (result == RESULT_FAILED) check_code(c, '5');
  if (result == RESULT_LATER) check_code(c, '4');
  return result;
}
