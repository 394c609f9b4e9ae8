/* state.c - see state.h */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "door/state.h"
#include "lib/io/io.h"
#include "lib/msg/crc32.h"
#include "lib/msg/id.h"

#define FAMILY "bulkhead state "
#define HEAD_LEN 134
#define SECONDS_MAX 99999999999LL       /* what the head has digits for */

static int64_t bounded(int64_t t)
{
  return t < 0 ? 0 : t > SECONDS_MAX ? SECONDS_MAX : t;
}

/* head: room for one NUL more */
static void head_make(char head[HEAD_LEN + 1], char const *id, struct state const *s, uint32_t n)
{
  int at = snprintf(head, HEAD_LEN + 1, FAMILY "1\nrcpts %010u\ntries %010u\nnext %011lld\nlast %011lld\nran %010u\n"
                    "bounces %010u\n", n, s->tries, (long long)bounded(s->next), (long long)bounded(s->last), s->ran,
                    s->bounces);

  snprintf(head + at, HEAD_LEN + 1 - (size_t)at, "check %08lx\n",
           (unsigned long)crc32_add(crc32_add(0, id, strlen(id)), head, (size_t)at));
}

/* A head is sound when the numbers in it make the same head again. */
static int head_take(char const head[HEAD_LEN + 1], char const *id, struct state *s, uint32_t *n)
{
  char again[HEAD_LEN + 1];
  long long rcpts, tries, next, last, ran, bounces;

  if (sscanf(head, FAMILY "1 rcpts %10lld tries %10lld next %11lld last %11lld ran %10lld bounces %10lld",
             &rcpts, &tries, &next, &last, &ran, &bounces) != 6) return 0;
  *n = (uint32_t)rcpts;
  *s = (struct state){ .tries = (uint32_t)tries, .next = next, .last = last, .ran = (uint32_t)ran,
                       .bounces = (uint32_t)bounces };
  head_make(again, id, s, *n);
  return !memcmp(head, again, HEAD_LEN);
}

static enum state_answer read_head(int fd, char const *id, struct state *s, uint32_t *n)
{
  char head[HEAD_LEN + 1];
  ssize_t r = io_read(fd, head, HEAD_LEN);

  if (r == -1) return STATE_ERROR;
  head[r] = 0;
  if (r == HEAD_LEN && head_take(head, id, s, n)) return STATE_READ;
  if (!strncmp(head, FAMILY, sizeof FAMILY - 1) && (size_t)r > sizeof FAMILY
      && strncmp(head + sizeof FAMILY - 1, "1\n", 2)) return STATE_STRANGE;
  return STATE_TORN;
}

static int open_state(char const *id, int flags)
{
  char path[ID_PATH_MAX];

  id_path(path, "state", id);
  return open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0640);
}

static int is_mark(char c)
{
  return c == MARK_DONE || c == MARK_TOLD || c == MARK_WARNED || mark_owed(c);
}

static enum state_answer read_marks(int fd, struct state *s, char *marks, uint32_t n)
{
  ssize_t r = io_read(fd, marks, n);
  uint32_t i;

  if (r == -1) return STATE_ERROR;
  for (i = 0; i < n; i++)
    if (i >= (size_t)r || !is_mark(marks[i])) marks[i] = MARK_OPEN;
  s->whole = s->named = (size_t)r == n;
  return s->whole ? STATE_READ : STATE_TORN;
}

enum state_answer state_read(char const *id, struct state *s, char *marks, uint32_t n)
{
  int fd = open_state(id, O_RDONLY);
  enum state_answer a;
  uint32_t in_file;

  memset(marks, MARK_OPEN, n);
  *s = (struct state){ .tries = 0 };
  if (fd == -1) return errno == ENOENT ? STATE_NONE : STATE_ERROR;
  a = read_head(fd, id, s, &in_file);
  if (a == STATE_READ && in_file != n) a = STATE_TORN;
  if (a == STATE_READ) a = read_marks(fd, s, marks, n);
  else *s = (struct state){ .tries = 0 };
  io_close_keep(fd);
  return a;
}

enum state_answer state_peek(char const *id, struct state *s)
{
  int fd = open_state(id, O_RDONLY);
  enum state_answer a;
  uint32_t n;

  *s = (struct state){ .tries = 0 };
  if (fd == -1) return errno == ENOENT ? STATE_NONE : STATE_ERROR;
  a = read_head(fd, id, s, &n);
  io_close_keep(fd);
  return a;
}

static int write_at(int fd, char const *p, size_t len, off_t at)
{
  return lseek(fd, at, SEEK_SET) == -1 ? -1 : io_write(fd, p, len);
}

static int write_all(int fd, char const head[HEAD_LEN], char const *marks, uint32_t n, uint32_t from, uint32_t to)
{
  if (write_at(fd, head, HEAD_LEN, 0) == -1) return -1;
  if (from < to && write_at(fd, marks + from, to - from, HEAD_LEN + (off_t)from) == -1) return -1;
  if (from == 0 && to == n && ftruncate(fd, HEAD_LEN + (off_t)n) == -1) return -1;
  return fdatasync(fd);
}

int state_write(char const *id, struct state *s, char const *marks, uint32_t n, uint32_t from, uint32_t to)
{
  char head[HEAD_LEN + 1];
  int fd = open_state(id, O_WRONLY | O_CREAT), r, e;

  if (fd == -1) {
    s->whole = 0;
    return -1;
  }
  head_make(head, id, s, n);
  r = s->whole ? write_all(fd, head, marks, n, from, to) : write_all(fd, head, marks, n, 0, n);
  e = errno;
  if (close(fd) == -1 && r == 0) {
    r = -1;
    e = errno;
  }
  s->whole = r == 0;
  errno = e;
  return r;
}

void state_remove(char const *id)
{
  char path[ID_PATH_MAX];

  id_path(path, "state", id);
  unlink(path);
}
