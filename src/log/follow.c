/* follow.c - see follow.h */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log/follow.h"
#include "log/lines.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/log.h"

#define PATH_BYTES 512
#define CHUNK 65536
#define STAMP 25                /* bytes of @ and its digits */

static struct followed {
  char path[PATH_BYTES];
  int first;                    /* nothing was read yet, and its newest old file is to be */
  char newest[NAME_MAX + 1];    /* of its old files, when current was opened */
  int told;                     /* that it cannot be read */
  int fd;                       /* the file that is read; -1: none */
  dev_t dev;
  ino_t ino;
  struct lines lines;
} *followed[FOLLOW_MAX];
static size_t used;

int follow_add(char const *dir, int first)
{
  struct followed *f;
  size_t i;

  for (i = 0; i < used; i++)
    if (!strcmp(followed[i]->path, dir)) return 1;
  errno = strlen(dir) >= PATH_BYTES ? ENAMETOOLONG : ENOSPC;
  if (strlen(dir) >= PATH_BYTES || used == FOLLOW_MAX) return -1;
  f = calloc(1, sizeof *f);
  if (!f) return -1;
  memcpy(f->path, dir, strlen(dir) + 1);
  f->fd = -1;
  f->first = first;
  followed[used++] = f;
  return 0;
}

int follow_all(char const *parent, int first)
{
  DIR *d = opendir(parent);
  struct dirent *e;
  char path[PATH_BYTES];
  struct stat st;
  int r = d ? 0 : -1;

  while (r != -1 && (e = readdir(d))) {
    int n = snprintf(path, sizeof path, "%s/%s", parent, e->d_name);
    if (*e->d_name == '.' || n < 0 || (size_t)n >= sizeof path || lstat(path, &st) == -1) continue;
    if (S_ISDIR(st.st_mode) && follow_add(path, first) == -1) r = -1;
  }
  if (d) closedir(d);
  return r;
}

static int open_file(struct followed const *f, char const *name, struct stat *st)
{
  char path[PATH_BYTES + NAME_MAX + 2];
  int fd;

  snprintf(path, sizeof path, "%s/%s", f->path, name);
  fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd != -1 && (fstat(fd, st) == -1 || !S_ISREG(st->st_mode))) {
    close(fd);
    errno = EINVAL;
    return -1;
  }
  return fd;
}

static void read_rest(struct followed *f, int fd, void (*line)(char const *, size_t))
{
  static LARGE char buf[CHUNK];
  struct stat st;
  off_t at = lseek(fd, 0, SEEK_CUR);
  ssize_t n;

  if (fstat(fd, &st) == 0 && at > st.st_size && lseek(fd, 0, SEEK_SET) == 0) lines_drop(&f->lines);   /* it was cut */
  while ((n = read(fd, buf, sizeof buf)) > 0 || (n == -1 && errno == EINTR))
    if (n > 0) lines_feed(&f->lines, buf, (size_t)n, line);
}

static int is_old(struct dirent const *e)
{
  return *e->d_name == '@' && strlen(e->d_name) > STAMP;
}

/* One of the old files: 1; 0: it is the one that is current, under its new name. */
static int read_old(struct followed *f, char const *name, struct stat const *current,
                    void (*line)(char const *, size_t))
{
  struct stat st;
  int fd = open_file(f, name, &st), ours, end;

  if (fd == -1) return 1;       /* the logger has removed it */
  ours = f->fd != -1 && st.st_ino == f->ino && st.st_dev == f->dev;     /* it is read already */
  end = st.st_ino == current->st_ino && st.st_dev == current->st_dev;
  if (!ours && !end) {
    read_rest(f, fd, line);
    lines_drop(&f->lines);
  }
  close(fd);
  return !end;
}

/* Reads the old files that have come since the last look; at the first one the newest, if at all. */
static void read_between(struct followed *f, struct stat const *current, void (*line)(char const *, size_t))
{
  struct dirent **e;
  int n = scandir(f->path, &e, is_old, alphasort), i, go_on = 1;

  if (n == -1) return;
  for (i = 0; i < n; i++) {
    int wanted = f->fd != -1 ? strcmp(e[i]->d_name, f->newest) > 0 : f->first && i == n - 1;
    if (go_on && wanted) go_on = read_old(f, e[i]->d_name, current, line);
  }
  if (n) snprintf(f->newest, sizeof f->newest, "%s", e[n - 1]->d_name);
  for (i = 0; i < n; i++) free(e[i]);
  free(e);
}

/* It says so once. */
static void cannot(struct followed *f)
{
  if (!f->told && errno != ENOENT) log_sys("warning: cannot read ", f->path, "/current");
  f->told = errno != ENOENT;
}

static void turn(struct followed *f, void (*line)(char const *, size_t))
{
  struct stat st;
  int fd;

  if (f->fd != -1) read_rest(f, f->fd, line);
  fd = open_file(f, "current", &st);
  if (fd == -1) {
    cannot(f);
    return;
  }
  f->told = 0;
  if (f->fd != -1 && st.st_ino == f->ino && st.st_dev == f->dev) {
    close(fd);
    return;
  }
  if (f->fd != -1) read_rest(f, f->fd, line);   /* nobody writes to it any more */
  lines_drop(&f->lines);
  read_between(f, &st, line);
  f->first = 0;
  if (f->fd != -1) close(f->fd);
  f->fd = fd;
  f->dev = st.st_dev;
  f->ino = st.st_ino;
  read_rest(f, fd, line);
}

void follow_read(void (*line)(char const *, size_t))
{
  size_t i;

  for (i = 0; i < used; i++) turn(followed[i], line);
}
