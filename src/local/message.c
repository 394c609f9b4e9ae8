/* message.c - see message.h */

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/io/large.h"
#include "local/message.h"

#define NAME_BYTES 13   /* "Delivered-To:" */

static off_t total;
static LARGE char chunk[MESSAGE_CHUNK];       /* what was read last: of a small message all that there is */
static off_t chunk_at;
static size_t chunk_len;

int message_check(void)
{
  struct stat st;

  if (fstat(0, &st) == -1) return -1;
  if (!S_ISREG(st.st_mode)) {
    errno = ESPIPE;
    return -1;
  }
  total = st.st_size;
  chunk_len = 0;
  return 0;
}

ssize_t message_at(off_t at, char const **s)
{
  ssize_t r;

  *s = chunk;
  if (at >= total) return 0;
  if (at < chunk_at || at - chunk_at >= (off_t)chunk_len) {
    do r = pread(0, chunk, sizeof chunk, at);
    while (r == -1 && errno == EINTR);
    if (!r) errno = EIO;
    if (r <= 0) return -1;
    chunk_at = at;
    chunk_len = (size_t)r;
  }
  *s = chunk + (at - chunk_at);
  return (ssize_t)(chunk_len - (size_t)(at - chunk_at));
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
  struct match m = { .line = dtline };
  char const *s;
  off_t at = 0;
  ssize_t r, i;

  while ((r = message_at(at, &s)) > 0) {
    for (i = 0; i < r; i++) {
      int found = feed(&m, s[i]);
      if (found) return found == 1;
    }
    at += r;
  }
  return (int)r;
}
