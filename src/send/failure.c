/* failure.c - see failure.h */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "send/failure.h"
#include "lib/io/io.h"
#include "lib/io/pack.h"
#include "lib/msg/crc32.h"
#include "lib/msg/id.h"

#define FIRST_LINE "bulkhead bounce 2\n"
#define FIRST_LEN (sizeof FIRST_LINE - 1)
#define VERSION_AT (FIRST_LEN - 2)
#define AROUND 8                /* a record's length before it, its checksum after it */
#define TEXT_HEAD 5             /* u8 action, u32 recipient */
#define NUMBER_LEN 9            /* 'N', u32 number, u32 count */
#define FILE_MAX 0x7fffffffU

static int open_bounce(char const *id, int flags)
{
  char path[ID_PATH_MAX];

  id_path(path, "bounce", id);
  return open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static int more_room(struct failures *f)
{
  uint32_t room = f->room ? f->room * 2 : 8;
  struct failure *p;

  if (!f->latest) f->latest = calloc(f->rcpts + 1, sizeof *f->latest);
  if (!f->latest) return -1;
  if (f->n < f->room) return 0;
  p = realloc(f->f, room * sizeof *p);
  if (!p) return -1;
  f->f = p;
  f->room = room;
  return 0;
}

static int note_text(struct failures *f, enum action action, uint32_t index, uint32_t at, uint32_t len)
{
  if (more_room(f) == -1) return -1;
  f->f[f->n++] = (struct failure){ action, index, 0, at, len };
  f->latest[index] = f->n;
  return 0;
}

static void note_number(struct failures *f, uint32_t number, uint32_t count)
{
  while (count-- && f->numbered < f->n) f->f[f->numbered++].number = number;
  if (number > f->highest) f->highest = number;
}

/* One record's inside. 1 taken, 0 not sound, -1 with errno. */
static int take(struct failures *f, char const *s, uint32_t len, uint32_t at)
{
  struct unpack u = { .s = s, .len = len };
  unsigned int kind = unpack_u8(&u);
  uint32_t a = unpack_u32(&u), b;

  if (job_action_ok(kind) && !u.bad && a < f->rcpts && len - TEXT_HEAD <= TEXT_MAX)
    return note_text(f, (enum action)kind, a, at + TEXT_HEAD, len - TEXT_HEAD) == -1 ? -1 : 1;
  b = unpack_u32(&u);
  if (kind != 'N' || !unpack_done(&u)) return 0;
  note_number(f, a, b);
  return 1;
}

/* Takes the records one after the other up to the first that is not whole. */
static int read_records(struct failures *f, int fd)
{
  char b[AROUND + TEXT_HEAD + TEXT_MAX];
  int r = 1;

  while (r == 1) {
    ssize_t got = pread(fd, b, sizeof b, f->durable);
    struct unpack head = { .s = b, .len = got < 0 ? 0 : (size_t)got };
    uint32_t len = unpack_u32(&head);
    if (got == -1 && errno == EINTR) continue;
    if (got == -1) return -1;
    if (head.bad || len > sizeof b - AROUND || len + AROUND > (size_t)got) return 0;
    head.pos += len;
    if (unpack_u32(&head) != crc32_add(0, b + 4, len)) return 0;
    r = take(f, b + 4, len, f->durable + 4);
    if (r == 1) f->durable += len + AROUND;
  }
  return r;
}

int failures_open(struct failures *f, char const *id, uint32_t rcpts, int with_file)
{
  char first[FIRST_LEN];
  ssize_t got;
  int fd, r = 0, e;

  *f = (struct failures){ .rcpts = rcpts };
  if (!with_file) return 0;
  fd = open_bounce(id, O_RDONLY);
  if (fd == -1) return errno == ENOENT ? 0 : -1;
  got = io_read(fd, first, FIRST_LEN);
  if (got == -1) r = -1;
  else if (got == FIRST_LEN && !memcmp(first, FIRST_LINE, FIRST_LEN)) {
    f->durable = FIRST_LEN;
    f->named = 1;
    r = read_records(f, fd);
  }
  else if (got == FIRST_LEN && !memcmp(first, FIRST_LINE, VERSION_AT)) r = -2;
  e = errno;
  close(fd);
  if (r < 0) failures_free(f);
  errno = e;
  return r;
}

void failures_free(struct failures *f)
{
  free(f->f);
  free(f->latest);
  stralloc_free(&f->pending);
  *f = (struct failures){ 0 };
}

static int append(struct failures *f, char const *s, size_t len)
{
  char b[4];
  struct pack p = { .s = b, .size = sizeof b };

  if (!f->durable && !f->pending.len && !stralloc_cats(&f->pending, FIRST_LINE)) return -1;
  if (f->durable + f->pending.len + len + AROUND > FILE_MAX) {
    errno = EFBIG;
    return -1;
  }
  if (!stralloc_readyplus(&f->pending, len + AROUND)) return -1;
  pack_u32(&p, (uint32_t)len);
  stralloc_catb(&f->pending, b, 4);
  stralloc_catb(&f->pending, s, len);
  p.len = 0;
  pack_u32(&p, crc32_add(0, s, len));
  stralloc_catb(&f->pending, b, 4);
  return 0;
}

int failures_add(struct failures *f, enum action action, uint32_t index, char const *text, size_t len)
{
  char s[TEXT_HEAD + TEXT_MAX];
  struct pack p = { .s = s, .size = sizeof s };

  if (len > TEXT_MAX) len = TEXT_MAX;
  pack_u8(&p, action);
  pack_u32(&p, index);
  memcpy(s + TEXT_HEAD, text, len);
  if (more_room(f) == -1 || append(f, s, TEXT_HEAD + len) == -1) return -1;
  return note_text(f, action, index, (uint32_t)(f->durable + f->pending.len - 4 - len), (uint32_t)len);
}

int failures_number(struct failures *f, uint32_t number, uint32_t count)
{
  char s[NUMBER_LEN];
  struct pack p = { .s = s, .size = sizeof s };

  pack_u8(&p, 'N');
  pack_u32(&p, number);
  pack_u32(&p, count);
  if (append(f, s, p.len) == -1) return -1;
  note_number(f, number, count);
  return 0;
}

/* What is behind the durable part is a torn end, or of a write that failed: written anew, by a new descriptor. */
int failures_write(struct failures *f, char const *id)
{
  int fd, r, e;

  if (!f->pending.len) return 0;
  fd = open_bounce(id, O_WRONLY | O_CREAT);
  if (fd == -1) return -1;
  r = ftruncate(fd, f->durable);
  if (r == 0 && lseek(fd, f->durable, SEEK_SET) == -1) r = -1;
  if (r == 0) r = io_write(fd, f->pending.s, f->pending.len);
  if (r == 0) r = fdatasync(fd);
  e = errno;
  if (close(fd) == -1 && r == 0) {
    r = -1;
    e = errno;
  }
  if (r == 0) {
    f->durable += (uint32_t)f->pending.len;
    f->pending.len = 0;
  }
  errno = e;
  return r;
}

size_t failure_text(struct failure const *f, char const *id, char text[TEXT_MAX])
{
  int fd = open_bounce(id, O_RDONLY);
  ssize_t r;

  if (fd == -1) return 0;
  do r = pread(fd, text, f->len, f->at);
  while (r == -1 && errno == EINTR);
  close(fd);
  return r == (ssize_t)f->len ? f->len : 0;
}

void failures_remove(char const *id)
{
  char path[ID_PATH_MAX];

  id_path(path, "bounce", id);
  unlink(path);
}
