/*
 * mail-local.c - deliver messages to one user, as the user's .qmail files say
 *
 * Runs as    the recipient, started by mail-lspawn: as root with three rights, until it has read, before all else, 16
 *            bytes that say whom to become; or by hand (-n tells, does nothing)
 * Reads      fd 3: tasks of mail-lspawn (local/task.h), with the message as fd 0, a file; the home's .qmail files
 *            (dot-qmail(5))
 * Writes     Maildirs and mbox files of the user; fd 1: one line for the sender; fd 2: the log; fd 3: "done"
 * Trusts     mail-lspawn for whom to become and its tasks, the user for the .qmail files; nobody for addresses and the
 *            message
 * If broken  a stranger acts as that user, as the user's own programs can; nobody else's mail is in reach
 * Exits      0 delivered, or no more tasks; 100 refused for ever; 111 (or a signal) not now, and for wrong usage
 * Why so     not locked in: the user's programs inherit what it is, and may be set-uid or need anything. After one of
 *            them, or any verdict but "done", it ends: only what left no trace is followed by another task
 */

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/addr/verp.h"
#include "lib/conf/usage.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/priv/priv.h"
#include "local/delivery.h"
#include "local/dotqmail.h"
#include "local/forward.h"
#include "local/instruction.h"
#include "local/instructions.h"
#include "local/maildir.h"
#include "local/mbox.h"
#include "local/message.h"
#include "local/program.h"
#include "local/task.h"
#include "local/verdict.h"

#define ARGUMENTS 8
#define USAGE "usage: mail-local [-n] [--] user home local dash ext domain sender defaultdelivery"

static struct delivery d;
static struct task task;        /* of mail-lspawn */
static char const *path;        /* of the programs that this one starts for a task */
static int by_tasks;            /* and not by hand */
static int in_environment;      /* is the delivery there? */
static int only_tell;           /* -n */
static unsigned int files, forwards, programs;

static void die_usage(void) __attribute__((noreturn));
static void die_usage(void)
{
  log_diex(VERDICT_LATER, USAGE);
}

static void check_home(void)
{
  struct stat st;

  if (d.home[0] != '/') verdict_later("4.3.5 the recipient's home has no absolute path");
  if (chdir(d.home) == -1 || stat(".", &st) == -1) {
    log_sys("unable to enter the home ", d.home);
    verdict_later("4.2.1 the recipient's home is not available");
  }
  if (by_tasks && st.st_uid != geteuid()) {     /* a way into it, for somebody else */
    log_line("the home ", d.home, " does not belong to user ", d.user);
    verdict_later("4.3.5 the recipient's home is somebody else's");
  }
  if (st.st_mode & S_IWOTH) {
    log_line("the home ", d.home, " is writable for everybody");
    verdict_later("4.7.0 the recipient's home is not safe");
  }
  if (st.st_mode & S_ISVTX) {
    log_line("the home ", d.home, " is sticky: the user is editing the .qmail files");
    verdict_later("4.2.1 the recipient is changing the mailbox's settings");
  }
}

static int is_there(char const *ending)
{
  char name[DOTQMAIL_NAME_MAX + 1];
  int r = dotqmail_name(name, d.dash, d.ext, strlen(d.ext), ending) == -1 ? -1 : dotqmail_there(name);

  if (r != -1) return r;
  log_sys("unable to look at ", name);
  verdict_later("4.3.0 the recipient's mail settings cannot be read");
}

/* A list's owner gets the bounces of what is forwarded; with -owner-default each recipient has a sender of its
   own, which is made of the ending -@[] when it is delivered. */
static void find_new_sender(void)
{
  int n;

  if (verp_is_nobody(d.sender) || !is_there("-owner")) return;
  d.newsender = d.owner;
  if (is_there("-owner-default"))
    n = snprintf(d.owner, sizeof d.owner, "%s-owner-@%s" VERP_END, d.local, d.domain);
  else n = snprintf(d.owner, sizeof d.owner, "%s-owner@%s", d.local, d.domain);
  if (n > ADDRESS_MAX) verdict_later("4.1.0 the owner's address is too long");
}

static void tell(char const *what, char const *line)
{
  if (io_write(1, what, strlen(what)) == -1 || io_write(1, line, strlen(line)) == -1 || io_write(1, "\n", 1) == -1)
    _exit(VERDICT_LATER);
}

static void deliver_file(char const *file)
{
  int is_maildir = file[strlen(file) - 1] == '/';

  files++;
  if (only_tell) tell(is_maildir ? "maildir " : "mbox ", file);
  else if (is_maildir) maildir_deliver(&d, file);
  else mbox_deliver(&d, file);
}

/* Before the first line that looks at it, or has a program that does: a mailbox alone needs none. */
static void make_environment(void)
{
  size_t i;
  int r = 0;

  if (in_environment) return;
  in_environment = 1;
  if (by_tasks) r = clearenv() | setenv("PATH", path, 1);
  for (i = 0; i < task.n; i++) r |= putenv(task.variables[i]);
  if (r || delivery_environment(&d) == -1) verdict_later("4.3.0 out of memory");
}

/* Does what a line says. 1: no further lines. */
static int obey(char const *line)
{
  char const *object;

  switch (instruction_read(line, &object)) {
    case INSTRUCTION_PROGRAM:
      programs++;
      if (only_tell) {
        tell("program ", object);
        break;
      }
      make_environment();
      return local_program_run(object) != 0;
    case INSTRUCTION_FILE:
      deliver_file(object);
      break;
    case INSTRUCTION_FORWARD:
      forwards++;
      if (only_tell) {
        tell("forward ", object);
        break;
      }
      make_environment();
      forward_add(&d, object);
      break;
    default:
      break;
  }
  return 0;
}

static void take_arguments(int argc, char **argv)
{
  static char const **const to[ARGUMENTS] = { &d.user, &d.home, &d.local, &d.dash, &d.ext, &d.domain, &d.sender,
                                              &d.standard };
  int i;

  argc--, argv++;
  if (argc && (!strcmp(*argv, "-n") || !strcmp(*argv, "-N"))) {
    only_tell = argv[0][1] == 'n';
    argc--, argv++;
  }
  if (argc && !strcmp(*argv, "--")) argc--, argv++;
  if (argc != ARGUMENTS) die_usage();
  for (i = 0; i < ARGUMENTS; i++) {
    *to[i] = argv[i];
    if (strlen(argv[i]) > ADDRESS_MAX) verdict_later("4.3.0 an argument is too long");
  }
  if (strlen(d.dash) > LOOKUP_DASH_MAX) die_usage();
  if (!only_tell && !geteuid()) log_diex(VERDICT_LATER, "mail is not delivered as root");
  if (delivery_lines(&d) == -1) verdict_later("4.3.0 out of memory");
}

static void check_message(void)
{
  int r = message_check();

  if (r == 0) r = message_has(d.dtline);
  if (r == -1) {
    log_sys("unable to read the message");
    verdict_later("4.3.0 unable to read the message");
  }
  if (r) verdict_never("5.4.6 this message is looping: it was here before");
}

static void say_done(char const *id)
{
  char line[128];
  int n = snprintf(line, sizeof line, "did %u+%u+%u%s%s\n", files, forwards, programs, id ? " qp " : "", id ? id : "");

  io_write(1, line, (size_t)n); /* who does not listen has the exit code */
}

static void deliver(void)
{
  struct instructions all;
  char const *line, *id = 0;

  check_home();
  if (!only_tell) check_message();
  instructions_find(&all, &d);
  find_new_sender();
  while ((line = instructions_next(&all)))
    if (obey(line)) break;
  if (forwards && !only_tell) id = forward_send(&d);
  say_done(id);
}

/* --- as mail-lspawn starts it */

static void become_the_user(void)
{
  uid_t uid;
  gid_t gid;

  if (task_take_user(TASK_FD, &uid, &gid) == -1 || !uid || !gid || fcntl(TASK_FD, F_SETFD, FD_CLOEXEC) == -1)
    _exit(VERDICT_LATER);
  if (priv_become(uid, gid) == -1) {
    log_sys("unable to become the recipient");
    verdict_later("4.3.0 unable to start the delivery");
  }
  io_close_from(TASK_FD + 1);
}

/* Nothing of a task is left for the next one: what a verdict ends the process with needs no way back. */
static void begin(void)
{
  d.user = task.user;
  d.home = task.home;
  d.local = task.local;
  d.dash = task.dash;
  d.ext = task.ext;
  d.domain = task.domain;
  d.sender = task.sender;
  d.standard = task.standard;
  d.is_standard = 0;
  files = forwards = programs = 0;
  in_environment = 0;
  forward_start();
  umask(077);
  if (strlen(d.sender) > ADDRESS_MAX) verdict_later("4.3.0 an argument is too long");
  if (delivery_lines(&d) == -1) verdict_later("4.3.0 out of memory");
}

static void do_tasks(void)
{
  int message, nothing, r;

  become_the_user();
  by_tasks = 1;
  path = getenv("PATH");
  nothing = fcntl(0, F_DUPFD_CLOEXEC, TASK_FD + 1);
  if (!path || nothing == -1) verdict_later("4.3.0 unable to start the delivery");
  while ((r = task_receive(TASK_FD, &task, &message)) == 1) {
    if (dup2(message, 0) == -1) verdict_later("4.3.0 unable to read the message");
    close(message);
    begin();
    deliver();
    if (programs || dup2(nothing, 0) == -1 || task_say_done(TASK_FD) == -1) return;
  }
  if (r == -1) verdict_later("4.3.0 unable to start the delivery");
}

int main(int argc, char **argv)
{
  log_name("mail-local");
  signal(SIGPIPE, SIG_IGN);
  if (argc == 2 && !strcmp(argv[1], "-t")) do_tasks();
  else {
    usage_asked(argc, argv, USAGE);
    umask(077);
    take_arguments(argc, argv);
    deliver();
  }
  return 0;
}
