/* spawn.c - see spawn.h */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/io/spawn.h"
#include "lib/io/wake.h"

#define FIRST 3                 /* of the descriptors that a copy does not get unless it is told to */

/* Out of the way first, so that none is overwritten. */
static void place(int const *fd, size_t n, int failed)
{
  int high[SPAWN_FDS];
  size_t i;

  for (i = 0; i < n; i++) {
    high[i] = fd[i] == -1 ? -1 : fcntl(fd[i], F_DUPFD_CLOEXEC, SPAWN_FDS);
    if (fd[i] != -1 && high[i] == -1) _exit(failed);
  }
  for (i = 0; i < n; i++)
    if (high[i] != -1 && dup2(high[i], (int)i) == -1) _exit(failed);
}

pid_t spawn_program(int const *fd, size_t n, unsigned int how, int failed)
{
  pid_t pid = fork();

  if (!pid) {
    if (how & SPAWN_GROUP && setpgid(0, 0) == -1) _exit(failed);
    place(fd, n, failed);
    wake_reset();
  }
  else if (pid != -1 && how & SPAWN_GROUP) setpgid(pid, pid);   /* both do it: whoever comes first; fails after exec */
  return pid;
}

/* signals as a program expects them */
static int set_attributes(posix_spawnattr_t *a, unsigned int how)
{
  short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
  sigset_t none, pipe;
  int e;

  sigemptyset(&none);
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  e = posix_spawnattr_setsigmask(a, &none);
  if (!e) e = posix_spawnattr_setsigdefault(a, &pipe);
  if (!e) e = posix_spawnattr_setflags(a, how & SPAWN_SESSION ? (short)(flags | POSIX_SPAWN_SETSID) : flags);
  return e;
}

int spawn_path(pid_t *pid, char const *path, char *const *argv, char *const *env, int const *fd, size_t n,
               unsigned int how)
{
  posix_spawn_file_actions_t files;
  posix_spawnattr_t a;
  size_t i;
  int e;

  if ((e = posix_spawn_file_actions_init(&files))) return e;
  if (!(e = posix_spawnattr_init(&a))) {
    e = set_attributes(&a, how);
    for (i = 0; !e && i < n; i++)
      if (fd[i] != -1) e = posix_spawn_file_actions_adddup2(&files, fd[i], (int)i);
    if (!e) e = posix_spawn(pid, path, &files, &a, argv, env);
    posix_spawnattr_destroy(&a);
  }
  posix_spawn_file_actions_destroy(&files);
  return e;
}

pid_t spawn_alone(int const *keep, size_t n)
{
  pid_t pid = fork();

  if (pid) return pid;
  wake_leave();
  io_close_but(FIRST, keep, n);
  return 0;
}

pid_t spawn_copy(int *sock, int const *keep, size_t n)
{
  int pair[2], stays[SPAWN_KEEP + 1];
  pid_t pid;

  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1) return -1;
  if (n) memcpy(stays, keep, n * sizeof *keep);
  stays[n] = pair[1];
  pid = spawn_alone(stays, n + 1);
  if (!pid) {
    *sock = pair[1];
    return 0;
  }
  io_close_keep(pair[1]);
  if (pid == -1) io_close_keep(pair[0]);
  else *sock = pair[0];
  return pid;
}

int spawn_pipes(int (*pipes)[2], size_t n)
{
  size_t i;

  for (i = 0; i < n; i++)
    if (pipe2(pipes[i], O_CLOEXEC) == -1) {
      spawn_close(pipes, i);
      return -1;
    }
  return 0;
}

void spawn_close(int (*pipes)[2], size_t n)
{
  int e = errno;

  for (; n; n--) {
    close(pipes[n - 1][0]);
    close(pipes[n - 1][1]);
  }
  errno = e;
}
