/*
 * spawn.c - starts a command so many times, some of them at once, each with a file as its input
 *
 *      spawn TIMES AT-ONCE FILE COMMAND [ARGUMENT...]
 *
 * The first that fails ends it. Prints one line: times, seconds, rate.
 */

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tool.h"

#define TIMES_MAX 10000000

extern char **environ;

static void start(char **argv)
{
  pid_t pid;
  int r;

  if (lseek(0, 0, SEEK_SET) == -1) die("lseek: %s", strerror(errno));
  r = posix_spawnp(&pid, *argv, 0, 0, argv, environ);
  if (r) die("%s: %s", *argv, strerror(r));
}

static void end(char const *name)
{
  int status;

  while (wait(&status) == -1)
    if (errno != EINTR) die("wait: %s", strerror(errno));
  if (status) die("%s failed", name);
}

int main(int argc, char **argv)
{
  unsigned long times, at_once, begun, running = 0;
  long long began = now();

  if (argc < 5) die("usage: spawn TIMES AT-ONCE FILE COMMAND [ARGUMENT...]");
  times = number(argv[1], 1, TIMES_MAX);
  at_once = number(argv[2], 1, TIMES_MAX);
  for (begun = 0; begun < times; begun++) {
    int fd = open(argv[3], O_RDONLY);
    if (fd == -1 || dup2(fd, 0) == -1) die("%s: %s", argv[3], strerror(errno));
    if (fd) close(fd);
    if (running == at_once) end(argv[4]);
    else running++;
    start(argv + 4);
  }
  while (running--) end(argv[4]);
  printf("times=%lu seconds=%.3f rate=%.1f\n", times, (double)(now() - began) / 1e6,
    (double)times * 1e6 / (double)(now() - began));
  return 0;
}
