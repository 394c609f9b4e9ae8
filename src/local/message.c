/* message.c - see message.h */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "local/message.h"

#define NAME_BYTES 13   /* "Delivered-To:" */

static off_t total;

int message_check(void)
{
  struct stat st;

  if (fstat(0, &st) == -1) return -1;
  if (!S_ISREG(st.st_mode)) {
    errno = ESPIPE;
    return -1;
  }
  total = st.st_size;
  return 0;
}

ssize_t message_read(off_t at, char *buf, size_t size)
{
  ssize_t r;

  do r = pread(0, buf, size, at);
  while (r == -1 && errno == EINTR);
  if (r || at >= total) return r;
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
  static char buf[MESSAGE_CHUNK];
  struct match m = { .line = dtline };
  off_t at = 0;
  ssize_t r, i;

  while ((r = message_read(at, buf, sizeof buf)) > 0) {
    for (i = 0; i < r; i++) {
      int found = feed(&m, buf[i]);
      if (found) return found == 1;
    }
    at += r;
  }
  return (int)r;
}
