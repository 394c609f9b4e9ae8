/* wire.c - see wire.h */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "door/submit.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/pack.h"
#include "queue/caller.h"
#include "queue/seats.h"
#include "queue/wire.h"

#define GLANCE 1000             /* ms until a silent user's child looks whether it has to go */

void wire_patience(struct wire *w, unsigned int seconds)
{
  w->idle = seconds > 1000000 ? 1000000000 : (int)seconds * 1000;
}

void queue_wire_start(struct wire *w, int fd, struct seat *seat)
{
  w->fd = fd;
  w->seat = seat;
  w->deadline = 0;
  w->state = WIRE_GOOD;
  w->start = w->end = 0;
}

/* Waits as io_wait does, but users' children not longer than they are wanted: then -2. */
static int wait_seated(struct wire *w, short events, long long until)
{
  for (;;) {
    int r, left = io_left(until), wait = left > GLANCE && w->seat->class == CALLERS_USERS ? GLANCE : left;
    int held = io_left(log_due());
    if (atomic_load(&w->seat->go)) return -2;
    r = io_wait(w->fd, events, held < wait ? held : wait);
    if (log_due() <= io_clock()) log_release();
    if (r || (wait == left && held >= left)) return r;
  }
}

static int ready(struct wire *w, short events)
{
  long long now = io_clock(), until = now + w->idle;
  int r;

  if (w->deadline && w->deadline < until) until = w->deadline;
  atomic_store(&w->seat->waits, now);
  r = wait_seated(w, events, until);
  atomic_store(&w->seat->waits, 0);
  if (r == 1) return 1;
  w->state = !r ? WIRE_LATE : r == -2 ? WIRE_UNSEATED : WIRE_ERROR;
  return 0;
}

/* Reads at least one byte into the empty buffer. */
static int fill(struct wire *w)
{
  ssize_t r;

  if (w->state != WIRE_GOOD) return 0;
  if (w->deadline && io_clock() >= w->deadline) {       /* a caller that sends a byte now and then is late as well */
    w->state = WIRE_LATE;
    return 0;
  }
  for (;;) {
    r = read(w->fd, w->buf, sizeof w->buf);
    if (r > 0) break;
    if (r == -1 && errno == EINTR) continue;
    if (r == -1 && errno == EAGAIN) {
      if (!ready(w, POLLIN)) return 0;
      continue;
    }
    w->state = !r || errno == ECONNRESET ? WIRE_END : WIRE_ERROR;
    return 0;
  }
  w->start = 0;
  w->end = (size_t)r;
  return 1;
}

char const *wire_some(struct wire *w, size_t max, size_t *len)
{
  char const *at;

  if (w->start == w->end && !fill(w)) return 0;
  at = w->buf + w->start;
  *len = w->end - w->start < max ? w->end - w->start : max;
  w->start += *len;
  return at;
}

int wire_get(struct wire *w, char *s, size_t len)
{
  while (len) {
    size_t n;
    char const *at = wire_some(w, len, &n);
    if (!at) return 0;
    memcpy(s, at, n);
    s += n;
    len -= n;
  }
  return 1;
}

int wire_get_u32(struct wire *w, uint32_t *u)
{
  char b[4];
  struct unpack p = { .s = b, .len = sizeof b };

  if (!wire_get(w, b, sizeof b)) return 0;
  *u = unpack_u32(&p);
  return 1;
}

int wire_left(struct wire *w)
{
  struct pollfd p = { .fd = w->fd };

  return poll(&p, 1, 0) == 1 && p.revents & (POLLHUP | POLLERR);
}

int wire_answer(struct wire *w, int code, char const *text)
{
  char s[2 + SUBMIT_TEXT_MAX];
  size_t len = strlen(text), sent = 0;

  if (len > SUBMIT_TEXT_MAX) len = SUBMIT_TEXT_MAX;
  s[0] = (char)code;
  s[1] = (char)len;
  memcpy(s + 2, text, len);
  len += 2;
  w->deadline = 0;
  while (sent < len) {
    ssize_t r = send(w->fd, s + sent, len - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (r >= 0) sent += (size_t)r;
    else if (errno == EAGAIN) {
      if (!ready(w, POLLOUT)) return 0;
    }
    else if (errno != EINTR) {
      w->state = WIRE_END;
      return 0;
    }
  }
  return 1;
}
