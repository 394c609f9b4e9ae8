/* pump.c - see pump.h */

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <openssl/err.h>

#include "lib/io/io.h"
#include "tls/pump.h"

#define FLUSH_MS 60000          /* for what is on its way when the plain side has ended */
#define LINGER_MS 2000          /* for the peer to end, too: a closed connection would take away what it has not read */

struct way {
  char s[PUMP_BYTES];
  size_t from, to;      /* what waits lies between them */
  int ended;            /* nothing comes into it any more */
  int told;             /* and who gets it has been told */
};

struct pump {
  SSL *ssl;
  int net, plain;
  struct way in, out;           /* from the network, to the network */
  short net_events;             /* what OpenSSL waits for */
  int net_ready, plain_ready;   /* there may be something to read */
  int gone;                     /* the plain side is closed, not only for writing: nobody reads there */
  long long last;               /* when all is over at the latest, once the plain side has ended; else 0 */
  enum pump_end end;
};

static int empty(struct way const *w)
{
  return w->from == w->to;
}

/* Nothing goes this way any more. */
static void shut(struct way *w)
{
  w->from = w->to = 0;
  w->ended = w->told = 1;
}

/* What OpenSSL said of a call that did not succeed. 1 when it only waits; else the connection is over, to be read or
   written. */
static int waits(struct pump *p, int r)
{
  switch (SSL_get_error(p->ssl, r)) {
    case SSL_ERROR_WANT_READ: p->net_events |= POLLIN; return 1;
    case SSL_ERROR_WANT_WRITE: p->net_events |= POLLOUT; return 1;
    default: return 0;
  }
}

static void broken(struct pump *p)
{
  p->end = PUMP_BROKEN;
  p->in.ended = 1;
  shut(&p->out);
}

/* The peer has ended well, or its connection has without a word. */
static void ended(struct pump *p)
{
  p->in.ended = 1;
  if (BIO_eof(SSL_get_rbio(p->ssl))) p->end = PUMP_CUT;
}

/* Each of the four moves bytes when it can: 1 when it has. */

static int read_net(struct pump *p)
{
  int r;

  if (p->in.ended || !empty(&p->in)) return 0;
  if (!p->net_ready && !SSL_has_pending(p->ssl)) {
    p->net_events |= POLLIN;
    return 0;
  }
  r = SSL_read(p->ssl, p->in.s, sizeof p->in.s);
  if (r > 0) {
    p->in.from = 0;
    p->in.to = (size_t)r;
    return 1;
  }
  p->net_ready = 0;
  if (waits(p, r)) return 0;
  if (SSL_get_error(p->ssl, r) == SSL_ERROR_ZERO_RETURN) ended(p);
  else if (p->out.told && errno == ECONNRESET) p->in.ended = 1;         /* it has closed without our close_notify */
  else broken(p);
  return 1;
}

static int write_plain(struct pump *p)
{
  struct way *w = &p->in;
  ssize_t r;

  if (empty(w)) {
    if (!w->ended || w->told) return 0;
    shutdown(p->plain, SHUT_WR);
    w->told = 1;
    return 1;
  }
  r = send(p->plain, w->s + w->from, w->to - w->from, MSG_NOSIGNAL);
  if (r > 0) w->from += (size_t)r;
  else if (errno == EAGAIN || errno == EINTR) return 0;
  else shut(w);         /* nobody is there to read it */
  return 1;
}

static int read_plain(struct pump *p)
{
  struct way *w = &p->out;
  ssize_t r;

  if (w->ended || !empty(w) || !p->plain_ready) return 0;
  r = read(p->plain, w->s, sizeof w->s);
  p->plain_ready = r == sizeof w->s;
  if (r == -1 && (errno == EAGAIN || errno == EINTR)) return 0;
  w->from = 0;
  w->to = r > 0 ? (size_t)r : 0;
  if (r <= 0) w->ended = 1;
  return 1;
}

static int write_net(struct pump *p)
{
  struct way *w = &p->out;
  int r;

  if (empty(w)) {
    if (!w->ended || w->told) return 0;
    r = SSL_shutdown(p->ssl);
    if (r < 0 && waits(p, r)) return 0;
    shutdown(p->net, SHUT_WR);
    w->told = 1;
    return 1;
  }
  r = SSL_write(p->ssl, w->s + w->from, (int)(w->to - w->from));
  if (r > 0) w->from += (size_t)r;
  else if (waits(p, r)) return 0;
  else broken(p);
  return 1;
}

/* 1 when something came, 0 when the time is over. */
static int wait(struct pump *p, int idle)
{
  struct pollfd f[2] = { { .fd = p->net, .events = p->net_events }, { .fd = p->plain } };

  if (!p->out.ended && empty(&p->out)) f[1].events |= POLLIN;
  if (!empty(&p->in)) f[1].events |= POLLOUT;
  /* a side of which nothing is asked would wake us with its end again and again */
  if (!f[0].events) f[0].fd = -1;
  if (!f[1].events && p->gone) f[1].fd = -1;
  for (;;) {
    int r = poll(f, 2, p->last ? io_left(p->last) : idle);
    if (r == -1 && io_poll_failed() == -1) return 0;
    if (r == -1) continue;
    if (f[0].revents & ~POLLOUT) p->net_ready = 1;
    if (f[1].revents & ~POLLOUT) p->plain_ready = 1;
    if (f[1].revents & (POLLHUP | POLLERR)) p->gone = 1;
    return r > 0;
  }
}

/* The peer may end by itself. */
static void linger(struct pump *p)
{
  long long until = io_clock() + LINGER_MS;
  ssize_t r;

  do r = read(p->net, p->in.s, sizeof p->in.s);
  while (r > 0 || (r == -1 && (errno == EINTR || (errno == EAGAIN && io_left(until)
         && io_wait(p->net, POLLIN, io_left(until)) == 1))));
}

static int moved(struct pump *p)
{
  int n;

  ERR_clear_error();
  p->net_events = 0;
  n = read_plain(p);
  n |= write_net(p);
  n |= read_net(p);
  n |= write_plain(p);
  return n;
}

enum pump_end pump(SSL *ssl, int net, int plain, unsigned int idle)
{
  static struct pump p;         /* all else is 0, and pages that no byte needs stay untouched */

  p.ssl = ssl;
  p.net = net;
  p.plain = plain;
  p.net_ready = p.plain_ready = 1;
  SSL_set_options(ssl, SSL_OP_IGNORE_UNEXPECTED_EOF);   /* it is seen in another way, and an answer can still go out */
  for (;;) {
    while (moved(&p));
    if (p.out.told && (p.in.told || p.gone)) break;
    if ((p.out.ended || p.gone) && !p.last) p.last = io_clock() + FLUSH_MS;
    if (wait(&p, idle > INT_MAX / 1000 ? INT_MAX : (int)idle * 1000)) continue;
    if (!p.last) p.end = PUMP_IDLE;
    break;
  }
  if (p.end != PUMP_BROKEN && p.out.told) linger(&p);
  return p.end;
}
