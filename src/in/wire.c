/* wire.c - see wire.h */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "in/wire.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

#define PIECE 512               /* bytes that a pipe which polls ready takes at once: never less (POSIX PIPE_BUF) */
#define NO_END 0x3fffffffffffffffLL
#define GRACE 3000              /* ms of waiting for a client that has ended its side */
#define DAY 86400               /* seconds */
#define LINGER 2000             /* ms for the client to take our last reply */
#define LINGER_BYTES 262144     /* and what it may still send meanwhile */

static struct wire *open_wire;

/* the wait is over because the session is */
static int over(struct wire *w, enum wire_state why)
{
  w->state = why;
  errno = ECANCELED;
  return -1;
}

static long long earlier(long long a, long long b) { return a < b ? a : b; }

/* io_wait for a session */
static int watch(int fd, short events, int milliseconds)
{
  struct wire *w = open_wire;
  struct pollfd p[] = { { .fd = fd, .events = events }, { .fd = w->left ? -1 : w->out },
                        { .fd = w->left || !w->tells ? -1 : w->in, .events = POLLRDHUP } };
  long long until = io_clock() + (milliseconds < 0 ? DAY * 1000LL : milliseconds), now;
  int r;

  if (w->state != WIRE_OPEN) return over(w, w->state);
  do {
    long long stop = earlier(until, w->end);
    now = io_clock();
    if (w->left) stop = earlier(stop, now + w->grace);
    r = log_poll(p, sizeof p / sizeof *p, stop);
    if (w->left) w->grace -= io_clock() - now;
    if (r > 0 && p[0].revents) return 1;
    if (r > 0) {
      w->left = 1;
      p[1].fd = p[2].fd = -1;
    }
  } while (r > 0 || (r == -1 && errno == EINTR));
  if (r == -1) return -1;
  if (io_clock() >= w->end) return over(w, WIRE_TIMEOUT);
  return w->left && w->grace <= 0 ? over(w, WIRE_ENDED) : 0;
}

/* 1 for a connection over a network: there who closes it looks like who only ends its side */
static int is_network(int fd)
{
  int domain;
  socklen_t len = sizeof domain;

  return !getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) && domain != AF_UNIX;
}

void wire_start(struct wire *w, int in, int out, unsigned int idle_seconds, unsigned int session_seconds)
{
  if (idle_seconds > DAY) idle_seconds = DAY;
  w->in = in;
  w->out = out;
  w->state = WIRE_OPEN;
  w->idle = (int)(idle_seconds ? idle_seconds : 1) * 1000;
  w->end = session_seconds ? io_clock() + (long long)session_seconds * 1000 : NO_END;
  w->tells = is_network(in);
  w->left = 0;
  w->grace = GRACE;
  w->orders = -1;
  w->hurry = 0;
  w->line_max = WIRE_LINE_MAX;
  w->pos = w->len = w->pending = 0;
  open_wire = w;
  io_wait_by(watch);
}

void wire_under(struct wire *w, int orders, int hurry)
{
  w->orders = orders;
  w->hurry = hurry;
}

long long wire_due(struct wire const *w)
{
  return io_clock() + (w->hurry && w->hurry < w->idle ? w->hurry : w->idle);
}

long long wire_time_left(void)
{
  return open_wire ? open_wire->end - io_clock() : NO_END;
}

/* 1 when it is asked for; else who asks is gone, and nobody does any more. */
static int is_asked_for(struct wire *w)
{
  char c;

  if (recv(w->orders, &c, 1, MSG_DONTWAIT) > 0) return 1;
  w->orders = -1;
  return 0;
}

/* Waits for the client itself, whose end is an event, and where it yields for who needs its place. 1, or 0 with the
   state set. */
static int await_yielding(struct wire *w, int fd, short events, long long until, int yields)
{
  struct pollfd p[] = { { .fd = fd, .events = events }, { .fd = yields ? w->orders : -1, .events = POLLIN } };
  long long stop = earlier(until, w->end);
  int r;

  do {
    r = io_left(stop) ? log_poll(p, sizeof p / sizeof *p, stop) : 0;
    if (r > 0 && p[0].revents) return 1;
    if (r > 0 && is_asked_for(w)) {
      w->state = WIRE_WANTED;
      return 0;
    }
    if (r > 0) p[1].fd = -1;
  } while (r > 0 || (r == -1 && errno == EINTR));

  w->state = r == 0 ? WIRE_TIMEOUT : WIRE_BROKEN;
  return 0;
}

static int await(struct wire *w, int fd, short events, long long until)
{
  return await_yielding(w, fd, events, until, 0);
}

/* Sends without ever blocking; a pipe is waited for first, and gets a piece that it then takes at once. */
static ssize_t write_some(struct wire *w, char const *s, size_t len, long long until)
{
  ssize_t r = send(w->out, s, len, MSG_DONTWAIT | MSG_NOSIGNAL);

  if (r != -1 || errno != ENOTSOCK) return r;
  return await(w, w->out, POLLOUT, until) ? write(w->out, s, len > PIECE ? PIECE : len) : -1;
}

void wire_flush(struct wire *w)
{
  size_t done = 0;
  long long until = io_clock() + w->idle;

  while (w->state == WIRE_OPEN && done < w->pending) {
    ssize_t r = write_some(w, w->out_buf + done, w->pending - done, until);
    if (r >= 0) done += (size_t)r;
    else if (w->state != WIRE_OPEN) break;
    else if (errno == EAGAIN) await(w, w->out, POLLOUT, until);
    else if (errno != EINTR) w->state = WIRE_BROKEN;
  }
  w->pending = 0;
}

void wire_put(struct wire *w, char const *s, size_t len)
{
  while (io_fill(w->out_buf, sizeof w->out_buf, &w->pending, &s, &len)) wire_flush(w);
}

static int fill(struct wire *w, long long until, int yields)
{
  ssize_t r;

  if (w->pending) wire_flush(w);
  if (w->pos) {
    memmove(w->buf, w->buf + w->pos, w->len - w->pos);
    w->len -= w->pos;
    w->pos = 0;
  }
  do {
    if (w->state != WIRE_OPEN || !await_yielding(w, w->in, POLLIN, until, yields)) return 0;
    r = read(w->in, w->buf + w->len, sizeof w->buf - w->len);
  } while (r == -1 && (errno == EINTR || errno == EAGAIN));
  if (r <= 0) {
    w->state = r == 0 ? WIRE_ENDED : WIRE_BROKEN;
    return 0;
  }
  w->len += (size_t)r;
  return 1;
}

int wire_fill(struct wire *w, long long until)
{
  return fill(w, until, 0);
}

int wire_fill_command(struct wire *w, long long until)
{
  return fill(w, until, 1);
}

int wire_early(struct wire *w, int milliseconds)
{
  int talks = wire_fill(w, io_clock() + milliseconds);

  if (w->state == WIRE_TIMEOUT) w->state = WIRE_OPEN;
  return talks;
}

int wire_ahead(struct wire const *w)
{
  char c;

  return w->pos < w->len || recv(w->in, &c, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
}

struct scan {
  size_t dropped;       /* bytes of a line that is too long, thrown away */
  int cr;               /* the last byte was CR */
  int bad;              /* a bare CR, or a NUL */
};

/* looks at more bytes of a line, none of them LF */
static void scan(struct scan *c, char const *s, size_t len)
{
  char const *cr = memchr(s, '\r', len);

  if (!len) return;
  if (c->cr || memchr(s, 0, len) || (cr && cr != s + len - 1)) c->bad = 1;
  c->cr = s[len - 1] == '\r';
}

/* the verdict on a line of which len bytes, its LF counted, are in the buffer */
static enum wire_line judge(struct scan const *c, size_t len, size_t max)
{
  if (c->bad || !c->cr || c->dropped + len > WIRE_SWALLOW_MAX) return WIRE_BAD;
  return c->dropped + len > max ? WIRE_LONG : WIRE_LINE;
}

enum wire_line wire_line(struct wire *w, char **line, size_t *len)
{
  struct scan c = { 0, 0, 0 };
  size_t seen = 0;
  long long until = 0;

  if (w->state != WIRE_OPEN) return WIRE_GONE;
  for (;;) {
    char *s = w->buf + w->pos;
    size_t have = w->len - w->pos;
    char *lf = memchr(s + seen, '\n', have - seen);
    scan(&c, s + seen, (lf ? (size_t)(lf - s) : have) - seen);
    if (lf) {
      w->pos += (size_t)(lf - s) + 1;
      w->hurry = 0;
      if (lf > s) lf[-1] = 0;
      *line = s;
      *len = lf > s ? (size_t)(lf - s) - 1 : 0;
      return judge(&c, (size_t)(lf - s) + 1, w->line_max);
    }
    if (c.bad) return WIRE_BAD; /* a TLS hello would never get to its LF */
    seen = have;
    if (have >= w->line_max) {
      c.dropped += have;
      w->pos = w->len;
      seen = 0;
      if (c.dropped >= WIRE_SWALLOW_MAX) return WIRE_BAD;
    }
    if (!until) until = wire_due(w);
    if (!wire_fill_command(w, until)) return WIRE_GONE;
  }
}

void wire_through(struct wire *w, int in, int out)
{
  if (dup2(in, w->in) == -1 || (w->out != w->in && dup2(out, w->out) == -1)) w->state = WIRE_BROKEN;
  close(in);
  if (out != in) close(out);
  w->pos = w->len = 0;
}

void wire_pause(struct wire *w, int milliseconds)
{
  wire_flush(w);
  if (w->state == WIRE_OPEN) io_wait(-1, 0, milliseconds);
}

void wire_close(struct wire *w)
{
  long long until = io_clock() + LINGER;
  size_t bytes = 0;

  io_wait_by(0);
  open_wire = 0;
  if (w->state == WIRE_OPEN) wire_flush(w);
  if (w->state != WIRE_OPEN || shutdown(w->out, SHUT_WR) == -1) return;
  while (bytes < LINGER_BYTES) {
    w->pos = w->len = 0;
    if (!wire_fill(w, until)) break;
    bytes += w->len;
  }
}
