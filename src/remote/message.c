/* message.c - see message.h */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/io/large.h"
#include "lib/smtp/dots.h"
#include "remote/message.h"

#define CHUNK 32768

static LARGE char chunk[CHUNK];
static LARGE char stuffed[2 * CHUNK];

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
  if (s->fd == -1 || s->cut) return 0;
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

/* its lines with CRLF; the bytes, or 0 with the session dropped */
static uint64_t put_lines(struct message const *m, struct session *s, int plain)
{
  struct dots d = { .plain = plain };
  uint64_t at = 0, sent = 0;
  size_t n;

  while (at < m->bytes) {
    size_t len = part(m, at);
    n = dots_put(&d, stuffed, chunk, len);
    if (!len || d.bad || !session_put(s, stuffed, n)) return (uint64_t)give_up(s);
    at += len;
    sent += n;
  }
  n = dots_end(&d, stuffed);
  return session_put(s, stuffed, n) ? sent + n : (uint64_t)give_up(s);
}

int message_send(struct message const *m, struct session *s)
{
  return put_lines(m, s, 0) && session_flush(s);
}

int message_put_chunk(struct message const *m, struct session *s)
{
  char command[48];

  snprintf(command, sizeof command, "BDAT %llu LAST\r\n", (unsigned long long)m->wire);
  if (!session_put(s, command, strlen(command))) return 0;
  return put_lines(m, s, 1) == m->wire || give_up(s);
}
