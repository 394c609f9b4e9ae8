/*
 * disk.c - how many messages a second a disk can keep, if nothing but the disk is in the way
 *
 *      disk DIRECTORY WRITERS SECONDS BYTES
 *
 * Each of the writers makes two files for a message, as the queue does: its BYTES in one directory, a short envelope in
 * another, written, synced, renamed; then both directories are synced. Prints "writers=N rate=MESSAGES-A-SECOND".
 */

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tool.h"

#define ENVELOPE_BYTES 200
#define BYTES_MAX 1000000
#define WRITERS_MAX 1000
#define SECONDS_MAX 600

static char bytes[BYTES_MAX];

static void failed(char const *what) __attribute__((noreturn));
static void failed(char const *what)
{
  die("%s: %s", what, strerror(errno));
}

static int directory(char const *name)
{
  int fd;

  if (mkdir(name, 0700) == -1) failed(name);
  fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd == -1) failed(name);
  return fd;
}

static void keep(int dir, char const *name, size_t len)
{
  int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  if (fd == -1 || write(fd, bytes, len) != (ssize_t)len || fsync(fd) == -1 || close(fd) == -1) failed(name);
}

static void one_message(int mess, int todo, char const *name, size_t len)
{
  char new[64];

  snprintf(new, sizeof new, "%s.new", name);
  keep(mess, name, len);
  keep(todo, new, ENVELOPE_BYTES);
  if (renameat(todo, new, todo, name) == -1 || fsync(mess) == -1 || fsync(todo) == -1) failed(name);
}

int main(int argc, char **argv)
{
  int writers, mess, todo, i, bad = 0, status;
  size_t len;
  long long start, end;
  atomic_ulong *kept = mmap(0, sizeof *kept, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

  if (argc != 5) {
    fputs("usage: disk DIRECTORY WRITERS SECONDS BYTES\n", stderr);
    return 100;
  }
  if (kept == MAP_FAILED) failed("mmap");
  if (chdir(argv[1]) == -1) failed(argv[1]);
  writers = (int)number(argv[2], 1, WRITERS_MAX);
  len = number(argv[4], 1, BYTES_MAX);
  memset(bytes, 'x', sizeof bytes);
  mess = directory("mess");
  todo = directory("todo");
  start = now();
  end = start + (long long)number(argv[3], 1, SECONDS_MAX) * 1000000;
  for (i = 0; i < writers; i++) {
    pid_t pid = fork();
    if (pid == -1) failed("fork");
    if (pid) continue;
    for (unsigned long n = 0; now() < end; n++) {
      char name[32];
      snprintf(name, sizeof name, "%d.%lu", i, n);
      one_message(mess, todo, name, len);
      atomic_fetch_add(kept, 1);
    }
    _exit(0);
  }
  for (i = 0; i < writers; i++) bad |= wait(&status) == -1 || status;
  if (bad) return 111;
  printf("writers=%d rate=%.0f\n", writers, (double)atomic_load(kept) * 1e6 / (double)(now() - start));
  return 0;
}
