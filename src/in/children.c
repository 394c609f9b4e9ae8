/* children.c - see children.h */

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "in/access.h"
#include "in/children.h"
#include "in/places.h"
#include "lib/conf/conf.h"
#include "lib/io/ended.h"
#include "lib/io/log.h"
#include "lib/io/spawn.h"

static int set_address(struct net_address const *a, char const *ip, char const *port)
{
  char text[NET_TEXT_MAX];

  net_format(text, a);
  if (setenv(ip, text, 1) == -1) return -1;
  snprintf(text, sizeof text, "%u", a->port);
  return setenv(port, text, 1);
}

static int set_environment(struct order const *o)
{
  if (unsetenv("TCPREMOTEHOST") == -1 || unsetenv("TCPREMOTEINFO") == -1 || unsetenv("TCPLOCALHOST") == -1
      || setenv("PROTO", "TCP", 1) == -1 || set_address(&o->peer, "TCPREMOTEIP", "TCPREMOTEPORT") == -1
      || set_address(&o->local, "TCPLOCALIP", "TCPLOCALPORT") == -1) return -1;
  return access_environment();
}

static _Noreturn void become(char const *program, char const *mode, struct order const *o)
{
  char path[CONF_PATH_MAX];
  char const *argv[] = { path, mode, 0 };

  if (set_environment(o) == -1) log_die(111, "unable to set the environment of ", program);
  conf_file(path, "bin", program);
  execve(path, (char **)argv, environ);
  log_die(111, "unable to run ", path);
}

pid_t children_start(char const *program, char const *mode, struct order const *o, int connection)
{
  pid_t pid = spawn_program((int[]){ connection, connection }, 2, 0, 111);

  if (!pid) become(program, mode, o);
  return pid;
}

static void log_end_of(char const *program, int status)
{
  log_start();
  log_text("error: ");
  log_text(program);
  log_text(" -w");
  ended_how(status);
  log_end();
}

void children_reap(char const *program)
{
  int status;
  pid_t pid;

  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
    int own = places_ended(pid, ended_badly("child", pid, status));
    if (WIFEXITED(status) && status && !own) log_end_of(program, status); /* one of its own tells all itself */
  }
}
