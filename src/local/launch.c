/* launch.c - see launch.h */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/spawn.h"
#include "lib/priv/priv.h"
#include "local/launch.h"
#include "local/verdict.h"

#define PATH_DEFAULT "/usr/local/bin:/usr/bin:/bin"

/* What becomes mail-local's descriptors 0, 1, 2 and TASK_FD; and its program, whose path is absolute. */
struct start {
  int fd[TASK_FD + 1];
  char program[CONF_PATH_MAX];
  char *argv[3], *env[2];
};

#ifdef __GLIBC__
/* A program that is linked dynamically has others' files opened before it begins: so it begins as the user. */
static int spawn(struct child *c, struct start *s)
{
  c->pid = spawn_program(s->fd, TASK_FD + 1, 0, VERDICT_LATER);
  if (c->pid) return c->pid == -1 ? errno : 0;
  if (setsid() == -1) _exit(VERDICT_LATER);
  if (priv_become(c->uid, c->gid) == -1) log_die(VERDICT_LATER, "unable to become the user of the home ", c->home);
  execve(s->program, s->argv, s->env);
  log_sys("unable to run ", s->program);
  verdict_later("4.3.0 unable to start the delivery");
}
#else
/* No copy of this process is made, not even for a moment: that would be most of what a delivery costs. mail-local
   becomes the user itself, before it looks at anything else. */
static int spawn(struct child *c, struct start *s)
{
  return spawn_path(&c->pid, s->program, s->argv, s->env, s->fd, TASK_FD + 1, SPAWN_SESSION);
}
#endif

/* Its ends of the pipes and of the socket. 0, or an errno. */
static int start(struct child *c, int out, int err, int tasks)
{
  static int null = -1;
  struct start s;
  char path[1024];
  char const *inherited = getenv("PATH");

  if (null == -1) null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null == -1) return errno;
  s = (struct start){ .fd = { null, out, err, tasks }, .argv = { "mail-local", "-t" }, .env = { path } };
  conf_path(s.program, "bin/mail-local");
  snprintf(path, sizeof path, "PATH=%.1000s", inherited ? inherited : PATH_DEFAULT);
  return spawn(c, &s);
}

int launch(struct child *c, uid_t uid, gid_t gid, struct task const *t, int message)
{
  int pipes[2][2], tasks[2], e;

  *c = (struct child){ .uid = uid, .gid = gid, .tasks = 1 };
  child_begin(c);
  snprintf(c->home, sizeof c->home, "%s", t->home);
  if (spawn_pipes(pipes, 2) == -1) return -1;
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, tasks) == -1) {
    spawn_close(pipes, 2);
    return -1;
  }
  if (io_nonblock(pipes[0][0]) == -1 || io_nonblock(pipes[1][0]) == -1 || io_nonblock(tasks[0]) == -1
      || task_send_user(tasks[0], uid, gid) == -1 || task_send(tasks[0], t, message) == -1) e = errno;
  else e = start(c, pipes[0][1], pipes[1][1], tasks[1]);
  close(pipes[0][1]);
  close(pipes[1][1]);
  close(tasks[1]);
  c->fd[0] = pipes[0][0];
  c->fd[1] = pipes[1][0];
  c->fd[2] = tasks[0];
  if (!e) return 0;
  child_close(c);
  errno = e;
  return -1;
}
