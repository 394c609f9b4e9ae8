/* message.c - see message.h */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/smtp/dots.h"
#include "remote/message.h"

#define CHUNK 32768

static char chunk[CHUNK];
static char stuffed[2 * CHUNK];

/* the bytes from an offset on, at most a chunk and not over the message's end; 0 when there are none */
static size_t part(struct message const *m, uint64_t at)
{
  size_t want = m->bytes - at < CHUNK ? (size_t)(m->bytes - at) : CHUNK;
  ssize_t r;

  do r = pread(m->fd, chunk, want, (off_t)at);
  while (r == -1 && errno == EINTR);
  return r > 0 ? (size_t)r : 0;
}

int message_scan(struct message *m, int fd, uint64_t bytes)
{
  struct stat st;
  uint64_t at = 0;
  char last = '\n';
  int in_header = 1;

  *m = (struct message){ .fd = fd, .bytes = bytes, .wire = bytes };
  if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size != bytes) return 0;
  while (at < bytes) {
    size_t n = part(m, at), i;
    if (!n) return 0;
    for (i = 0; i < n; i++) {
      if (chunk[i] == '\n') {
        if (last == '\n') in_header = 0;
        m->wire++;
      }
      else if (chunk[i] == '\r' || !chunk[i]) return 0;
      else if ((unsigned char)chunk[i] > 127) {
        m->eight_bit = 1;
        m->eight_bit_header |= in_header;
      }
      last = chunk[i];
    }
    at += n;
  }
  if (last != '\n') m->wire += 2;
  return 1;
}

/* the host must not take the part for the whole */
static int give_up(struct session *s)
{
  if (s->fd == -1) return 0;
  snprintf(s->why, sizeof s->why, "4.3.0 the message cannot be read any more");
  session_drop(s);
  return 0;
}

int message_send_stored(struct message const *m, struct session *s)
{
  uint64_t at = 0;

  while (at < m->bytes) {
    size_t n = part(m, at);
    if (!n || !session_put(s, chunk, n)) return give_up(s);
    at += n;
  }
  return 1;
}

int message_send(struct message const *m, struct session *s)
{
  struct dots d = { 0, 0 };
  uint64_t at = 0;
  size_t end;

  while (at < m->bytes) {
    size_t n = part(m, at);
    if (!n || !session_put(s, stuffed, dots_put(&d, stuffed, chunk, n)) || d.bad) break;
    at += n;
  }
  end = at == m->bytes ? dots_end(&d, stuffed) : 0;
  if (end && session_put(s, stuffed, end)) return session_flush(s);
  return give_up(s);
}
