/* spawn.c - processes of ours: a program's descriptors, group and signals; what a copy keeps */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/io/packet.h"
#include "lib/io/spawn.h"
#include "unit.h"

static int ended_with(pid_t pid, int code)
{
  int status;

  return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == code;
}

/* What is 4 and 6 here becomes 6 and 4. */
static void programs(void)
{
  int p[2][2];
  char c[2] = "";
  pid_t pid;

  check("pipes", spawn_pipes(p, 2) == 0 && p[0][1] == 4 && p[1][1] == 6);
  pid = spawn_program((int const [SPAWN_FDS]){ -1, -1, -1, -1, p[1][1], -1, p[0][1] }, SPAWN_FDS, SPAWN_GROUP, 9);
  if (!pid) _exit(write(4, "b", 1) == 1 && write(6, "a", 1) == 1 && getpgrp() == getpid()
                  && signal(SIGPIPE, SIG_DFL) == SIG_DFL ? 5 : 6);
  check("its group is told here, too", pid > 0 && (getpgid(pid) == pid || errno == ESRCH));
  check("descriptors, group and signals", ended_with(pid, 5));
  check("each has its own", read(p[0][0], c, 1) == 1 && read(p[1][0], c + 1, 1) == 1 && !memcmp(c, "ab", 2));
  errno = ENOENT;
  spawn_close(p, 2);
  check("closed, errno as it was", fcntl(p[0][0], F_GETFD) == -1 && fcntl(p[1][1], F_GETFD) == -1);
  pid = spawn_program((int const []){ p[0][0] }, 1, 0, 9);
  if (!pid) _exit(0);
  check("without them it does not begin", ended_with(pid, 9));
}

/* 1 when of the descriptors from 3 on these two alone are open */
static int has(int a, int b)
{
  int fd, right = 1;

  for (fd = 3; fd < 64; fd++) right &= (fcntl(fd, F_GETFD) != -1) == (fd == a || fd == b);
  return right;
}

static void copies(void)
{
  int sock = -1, fd, kept = 0;
  char s[8];
  pid_t pid;

  for (fd = 3; fd < 12; fd++) kept = fcntl(0, F_DUPFD_CLOEXEC, 3);
  close(5);
  pid = spawn_copy(&sock, (int const []){ kept }, 1);
  if (!pid) {
    int right = fcntl(sock, F_GETFD) == FD_CLOEXEC && has(sock, kept);
    ssize_t n = packet_recv(sock, s, sizeof s, 0);
    _exit(right && n == 2 && packet_send(sock, s, 2, -1) == 0 ? 0 : 1);
  }
  check("a copy hears", pid > 0 && packet_send(sock, "hi", 2, -1) == 0);
  check("and answers", packet_recv(sock, s, sizeof s, 0) == 2 && !memcmp(s, "hi", 2));
  check("it has its socket, what it keeps and nothing else", ended_with(pid, 0));
  check("its end is seen", packet_recv(sock, s, sizeof s, 0) == 0);
  io_close_from(3);
}

static void alone(void)
{
  pid_t pid;

  if (dup2(0, 3) != 3 || dup2(0, 4) != 4 || dup2(0, 6) != 6) _exit(111);
  pid = spawn_alone((int const []){ 6, 3 }, 2);
  if (!pid) _exit(has(3, 6) ? 0 : 1);
  check("in any order", ended_with(pid, 0));
  check("here all are still open", fcntl(4, F_GETFD) != -1);
  io_close_from(3);
}

static void no_room(void)
{
  struct rlimit l, few;
  int p[9][2], sock = 77, r[2];

  getrlimit(RLIMIT_NOFILE, &l);
  few = (struct rlimit){ 12, l.rlim_max };
  setrlimit(RLIMIT_NOFILE, &few);
  r[0] = spawn_pipes(p, 9);
  check("too many pipes", r[0] == -1 && errno == EMFILE);
  check("none is left open", spawn_pipes(p, 2) == 0);
  few.rlim_cur = 5;
  setrlimit(RLIMIT_NOFILE, &few);
  r[1] = (int)spawn_copy(&sock, 0, 0);
  check("no socket, no copy", r[1] == -1 && errno == EMFILE && sock == 77);
  setrlimit(RLIMIT_NOFILE, &l);
  spawn_close(p, 2);
}

int main(void)
{
  io_close_from(3);
  programs();
  copies();
  alone();
  no_room();
  return unit_end();
}
