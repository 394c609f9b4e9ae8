/*
 * arrive.c - how long it takes from a command's start until so many files have come into directories
 *
 *      arrive FILES DIR... -- COMMAND [ARGUMENT...]
 *
 * Prints one line: files, seconds, files a second. The command's output goes where this one's would; its failure is
 * this one's.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tool.h"
#include "watch.h"

#define FILES_MAX 10000000
#define SILENCE 60000           /* ms without a file until it is an error */

int main(int argc, char **argv)
{
  unsigned long files;
  long long start, us;
  int i, status;
  pid_t pid;

  if (argc < 5) die("usage: arrive FILES DIR... -- COMMAND [ARGUMENT...]");
  files = number(argv[1], 1, FILES_MAX);
  for (i = 2; i < argc && strcmp(argv[i], "--"); i++) watch_add(argv[i]);
  if (i + 1 >= argc) die("-- and a command are missing");
  start = now();
  pid = fork();
  if (pid == -1) die("fork: %s", strerror(errno));
  if (!pid) {
    execvp(argv[i + 1], argv + i + 1);
    die("%s: %s", argv[i + 1], strerror(errno));
  }
  watch_wait(files, SILENCE);
  us = now() - start;
  while (waitpid(pid, &status, 0) == -1)
    if (errno != EINTR) die("waitpid: %s", strerror(errno));
  if (status) die("%s failed", argv[i + 1]);
  printf("files=%lu seconds=%.3f arrived=%.1f\n", files, (double)us / 1e6, (double)files * 1e6 / (double)us);
  return 0;
}
