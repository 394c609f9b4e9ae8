/* submit.c - the caller's half of the door; the other half is mail-queued's own. See submit.h */

#include <errno.h>
#include <linux/sock_diag.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "door/limits.h"
#include "door/submit.h"
#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "lib/io/pack.h"
#include "lib/msg/id.h"

#define LENGTH 4                /* bytes of a length */
#define WAIT_SECONDS 300        /* for the answer: a sync on a busy disk can take long */
#define IDLE_SECONDS 60         /* for somebody to take what was sent: a service that starts again and again does not */

static char const *own_text(int code)
{
  switch (code) {
    case SUBMIT_AWAY: return "4.3.0 the queue service is not running";
    case SUBMIT_TIMEOUT: return "4.3.0 the queue service does not answer";
    case SUBMIT_LONG: return "5.1.0 envelope too long";
    default: return "4.3.0 lost the connection to the queue service";
  }
}

static void fail(struct submit *s, int code)
{
  if (!s->code) {
    s->code = code;
    snprintf(s->text, sizeof s->text, "%s", own_text(code));
  }
  submit_close(s);
}

/* mail-queued has closed before it had all: has it said why? Only a refusal counts. */
static void early_answer(struct submit *s)
{
  unsigned char head[2];

  if (io_read(s->fd, (char *)head, sizeof head) == sizeof head && head[0]
      && io_read(s->fd, s->text, head[1]) == head[1]) {
    s->text[head[1]] = 0;
    s->code = head[0];
  }
  fail(s, SUBMIT_BROKEN);
}

static void keep(struct submit *s, int fd)
{
  struct timeval answer_time = { .tv_sec = WAIT_SECONDS }, send_time = { .tv_sec = IDLE_SECONDS };

  s->fd = fd;
  s->sent = 0;
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &answer_time, sizeof answer_time);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &send_time, sizeof send_time);
}

static int connect_queued(unsigned int seconds)
{
  char path[CONF_PATH_MAX];

  return io_connect_unix(conf_path(path, "run/queue"), SOCK_STREAM, seconds);
}

/* mail-queued ends connections of users on which nothing comes. One over which nothing went is as good anew. */
static int again(struct submit *s)
{
  int fd;

  if (s->code != SUBMIT_BROKEN || s->sent || !s->seconds) return 0;
  fd = connect_queued(s->seconds);
  if (fd == -1) return 0;
  s->seconds = 0;
  s->code = 0;
  s->text[0] = 0;
  keep(s, fd);
  return 1;
}

static void send_all(struct submit *s, char const *p, size_t len)
{
  while (len && !s->code) {
    ssize_t r = send(s->fd, p, len, MSG_NOSIGNAL);
    if (r == -1 && errno == EINTR) continue;
    if (r == -1) {
      if (errno == EAGAIN) fail(s, SUBMIT_TIMEOUT);
      else early_answer(s);
      if (again(s)) continue;
      return;
    }
    s->sent = 1;
    p += r;
    len -= (size_t)r;
  }
}

static void flush(struct submit *s)
{
  send_all(s, s->buf, s->used);
  s->used = 0;
}

static void put(struct submit *s, char const *p, size_t len)
{
  while (io_fill(s->buf, sizeof s->buf, &s->used, &p, &len)) flush(s);
}

static void put_length(struct submit *s, uint32_t n)
{
  char b[LENGTH];
  struct pack p = { .s = b, .size = sizeof b };

  pack_u32(&p, n);
  put(s, b, sizeof b);
}

/* Starts a chunk; its length is set when it ends. Chunks never leave the buffer open. */
static void open_chunk(struct submit *s)
{
  if (s->open) return;
  if (sizeof s->buf - s->used <= LENGTH) flush(s);
  s->open = 1;
  s->chunk = s->used;
  s->used += LENGTH;
}

static void close_chunk(struct submit *s)
{
  struct pack p = { .s = s->buf + s->chunk, .size = LENGTH };

  if (!s->open) return;
  pack_u32(&p, (uint32_t)(s->used - s->chunk - LENGTH));
  s->open = 0;
}

void submit_resume(struct submit *s, int fd)
{
  s->fd = fd;
  s->sent = 1;
  s->seconds = 0;
  s->code = 0;
  s->used = 0;
  s->open = 0;
  s->text[0] = 0;
  s->idle = IDLE_SECONDS;
}

int submit_start(struct submit *s, int fd)
{
  char version = SUBMIT_VERSION;

  submit_resume(s, fd);
  keep(s, fd);
  put(s, &version, 1);
  return s->code;
}

int submit_open(struct submit *s, unsigned int seconds)
{
  int fd = connect_queued(seconds);

  if (fd == -1) {
    s->fd = -1;
    s->code = SUBMIT_AWAY;
    snprintf(s->text, sizeof s->text, "%s", own_text(SUBMIT_AWAY));
    return SUBMIT_AWAY;
  }
  submit_start(s, fd);
  s->seconds = seconds;
  return s->code;
}

void submit_close(struct submit *s)
{
  if (s->fd != -1) close(s->fd);
  s->fd = -1;
}

void submit_begin(struct submit *s, char const *id)
{
  char head[2] = { 'M', (char)strlen(id) };

  s->code = 0;
  s->text[0] = 0;
  s->open = 0;
  if (s->fd == -1) {
    fail(s, SUBMIT_AWAY);
    return;
  }
  put(s, head, sizeof head);
  put(s, id, strlen(id));
}

void submit_data(struct submit *s, char const *p, size_t len)
{
  while (len && !s->code) {
    open_chunk(s);
    if (!io_fill(s->buf, sizeof s->buf, &s->used, &p, &len)) return;
    close_chunk(s);
    flush(s);
  }
}

static ssize_t receive(struct submit *s, char *p, size_t len)
{
  ssize_t r = io_read(s->fd, p, len);

  if (r == -1) fail(s, errno == EAGAIN ? SUBMIT_TIMEOUT : SUBMIT_BROKEN);
  else if ((size_t)r < len) fail(s, SUBMIT_BROKEN);
  return s->code ? -1 : r;
}

/* Is something of what was sent still unread? Then the message cannot have been taken. */
static int is_unread(int fd)
{
  uint32_t bytes[SK_MEMINFO_VARS];
  socklen_t len = sizeof bytes;

  return !getsockopt(fd, SOL_SOCKET, SO_MEMINFO, bytes, &len) && bytes[SK_MEMINFO_WMEM_ALLOC] > 0;
}

static void answer(struct submit *s)
{
  unsigned char head[2];

  if (!io_wait(s->fd, POLLIN, (int)s->idle * 1000) && is_unread(s->fd)) {
    fail(s, SUBMIT_TIMEOUT);
    return;
  }
  if (receive(s, (char *)head, sizeof head) == -1) return;
  if (receive(s, s->text, head[1]) == -1) return;
  s->text[head[1]] = 0;
  s->code = head[0];
  if (!s->code && !id_ok(s->text)) fail(s, SUBMIT_BROKEN);
}

int submit_end(struct submit *s, char const *records, size_t len)
{
  if (len > ENVELOPE_BYTES_MAX) {
    submit_abort(s);
    if (s->code) return s->code;
    snprintf(s->text, sizeof s->text, "%s", own_text(SUBMIT_LONG));
    return SUBMIT_LONG;
  }
  close_chunk(s);
  put_length(s, 0);
  put_length(s, (uint32_t)len);
  put(s, records, len);
  flush(s);
  if (!s->code) answer(s);
  return s->code;
}

void submit_abort(struct submit *s)
{
  close_chunk(s);
  put_length(s, SUBMIT_ABORT);
  flush(s);
}

int submit_permanent(int code)
{
  return (code >= 11 && code <= 40) || code == 115;
}
