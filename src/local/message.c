/* message.c - see message.h */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "local/message.h"

#define NAME_BYTES 13   /* "Delivered-To:" */

static off_t total;
static char first[MESSAGE_CHUNK];       /* its beginning, which is looked at before it is delivered */
static size_t first_len;                /* that has been read */

int message_check(void)
{
  struct stat st;

  if (fstat(0, &st) == -1) return -1;
  if (!S_ISREG(st.st_mode)) {
    errno = ESPIPE;
    return -1;
  }
  total = st.st_size;
  first_len = 0;
  return 0;
}

ssize_t message_read(off_t at, char *buf, size_t size)
{
  ssize_t r;

  if (at >= total) return 0;
  if (at < (off_t)first_len) {
    size_t len = first_len - (size_t)at < size ? first_len - (size_t)at : size;
    memcpy(buf, first + at, len);
    return (ssize_t)len;
  }
  do r = pread(0, buf, size, at);
  while (r == -1 && errno == EINTR);
  if (r) return r;
  errno = EIO;
  return -1;
}

/* how far a header line agrees with the one that is looked for; LOST: it does not */
struct match {
  char const *line;
  size_t pos;           /* in the line being read */
  int lost;
};

static char lower(char c)
{
  return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

/* Next byte of the header: 1 the line was found, -1 the header is over, 0 go on. */
static int feed(struct match *m, char c)
{
  if (c == '\n') {
    if (!m->pos) return -1;
    if (!m->lost && m->line[m->pos] == '\n') return 1;
    m->pos = 0;
    m->lost = 0;
    return 0;
  }
  if (!m->lost) {
    char want = m->line[m->pos];
    m->lost = m->pos < NAME_BYTES ? lower(c) != lower(want) : c != want;
  }
  m->pos++;
  return 0;
}

int message_has(char const *dtline)
{
  static char more[MESSAGE_CHUNK];
  struct match m = { .line = dtline };
  char *buf = first;
  off_t at = 0;
  ssize_t r, i;

  while ((r = message_read(at, buf, MESSAGE_CHUNK)) > 0) {
    if (buf == first) first_len = (size_t)r;
    for (i = 0; i < r; i++) {
      int found = feed(&m, buf[i]);
      if (found) return found == 1;
    }
    at += r;
    buf = more;
  }
  return (int)r;
}
