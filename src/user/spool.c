/* spool.c - see spool.h */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "user/spool.h"

int spool_open(struct spool *s)
{
  char const *dir = getenv("TMPDIR");
  char path[1024];

  if (!dir || *dir != '/' || strlen(dir) > sizeof path - 32) dir = "/tmp";
  s->fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (s->fd != -1) return 0;
  snprintf(path, sizeof path, "%s/mail-spool.XXXXXX", dir);     /* a filesystem without O_TMPFILE */
  s->fd = mkostemp(path, O_CLOEXEC);
  if (s->fd == -1) return -1;
  unlink(path);
  return 0;
}

int spool_put(struct spool *s, char const *p, size_t len)
{
  s->bytes += len;
  if (!s->in_file && len <= sizeof s->buf - s->used) {
    if (len) memcpy(s->buf + s->used, p, len);
    s->used += len;
    return 0;
  }
  if (!s->in_file) {
    if ((s->fd == -1 && spool_open(s) == -1) || io_write(s->fd, s->buf, s->used) == -1) return -1;
    s->in_file = 1;
  }
  return io_write(s->fd, p, len);
}

int spool_send(struct spool *s, int (*put)(char const *, size_t))
{
  ssize_t n;

  if (!s->in_file) {
    put(s->buf, s->used);
    return 0;
  }
  if (lseek(s->fd, 0, SEEK_SET) == -1) return -1;
  while ((n = io_read(s->fd, s->buf, sizeof s->buf)) > 0)
    if (put(s->buf, (size_t)n)) return 0;
  return n == -1 ? -1 : 0;
}
