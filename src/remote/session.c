/* session.c - see session.h */

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "remote/offer.h"

#define QUIT_PATIENCE 2000      /* ms */

void session_drop(struct session *s)
{
  if (s->fd != -1) close(s->fd);
  s->fd = -1;
  s->in_at = s->in_len = s->out_len = 0;
}

static int broke(struct session *s, char const *status, char const *how, char const *what)
{
  snprintf(s->why, sizeof s->why, "%s %s %s %s", status, s->relay, how, what);
  session_drop(s);
  return 0;
}

static int patience(struct session const *s, unsigned int seconds)
{
  long long left = s->deadline - io_clock();
  long long ms = 1000LL * (seconds < s->timeout_remote ? seconds : s->timeout_remote);

  if (left < ms) ms = left;
  return ms < 0 ? 0 : (int)ms;
}

/* takes what is there into the buffer; 0 at the end of the stream or an error */
static int take(struct session *s)
{
  ssize_t r;

  if (s->in_at == s->in_len) s->in_at = s->in_len = 0;
  if (s->in_at) {
    memmove(s->in, s->in + s->in_at, s->in_len - s->in_at);
    s->in_len -= s->in_at;
    s->in_at = 0;
  }
  r = recv(s->fd, s->in + s->in_len, SESSION_IN - s->in_len, 0);
  if (r == -1 && (errno == EAGAIN || errno == EINTR)) return 1;
  if (r <= 0) return 0;
  s->in_len += (size_t)r;
  return 1;
}

/* Replies are read while we send, or both sides could wait for each other (RFC 2920 section 3.1). */
int session_flush(struct session *s)
{
  size_t sent = 0;

  if (s->fd == -1) return 0;
  while (sent < s->out_len) {
    struct pollfd p = { .fd = s->fd, .events = POLLOUT };
    ssize_t r = send(s->fd, s->out + sent, s->out_len - sent, MSG_NOSIGNAL);
    if (r >= 0) {
      sent += (size_t)r;
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return broke(s, "4.4.2", "lost the connection:", strerror(errno));
    if (s->in_len < SESSION_IN) p.events |= POLLIN;
    if (io_wait(p.fd, p.events, patience(s, WAIT_BLOCK)) != 1)
      return broke(s, "4.4.2", "took no more bytes", "in time");
    if (s->in_len < SESSION_IN && !take(s)) return broke(s, "4.4.2", "closed the connection", "while we sent");
  }
  s->out_len = 0;
  return 1;
}

int session_put(struct session *s, char const *bytes, size_t len)
{
  if (s->fd == -1) return 0;
  while (len) {
    size_t n = SESSION_OUT - s->out_len;
    if (n > len) n = len;
    memcpy(s->out + s->out_len, bytes, n);
    s->out_len += n;
    bytes += n;
    len -= n;
    if (s->out_len == SESSION_OUT && !session_flush(s)) return 0;
  }
  return 1;
}

int session_text(struct session *s, char const *text, ...)
{
  va_list ap;
  int good = 1;

  va_start(ap, text);
  for (; text && good; text = va_arg(ap, char const *)) good = session_put(s, text, strlen(text));
  va_end(ap);
  return good;
}

/* waits for more of a reply; 0 when the session broke */
static int more(struct session *s, long long end, char const *what)
{
  long long left = end - io_clock();

  if (s->fd == -1) return 0;
  if (left <= 0 || io_wait(s->fd, POLLIN, (int)left) != 1)
    return broke(s, "4.4.2", "gave no reply in time to", what);
  if (take(s)) return 1;
  s->closed = 1;
  return broke(s, "4.4.2", "closed the connection after", what);
}

unsigned int session_reply(struct session *s, enum session_wait wait, char const *what)
{
  long long end = io_clock() + patience(s, wait);

  reply_start(&s->reply);
  do {
    s->in_at += reply_feed(&s->reply, s->in + s->in_at, s->in_len - s->in_at);
    if (s->reply.state == REPLY_DONE) return s->reply.code;
    if (s->reply.state == REPLY_BAD) broke(s, "4.5.0", "gave no sound reply to", what);
  } while (more(s, end, what));
  return 0;
}

int session_netreply(struct session *s, struct netreply *r, enum session_wait wait, char const *what)
{
  long long end = io_clock() + patience(s, wait);

  netreply_start(r);
  do {
    s->in_at += netreply_feed(r, s->in + s->in_at, s->in_len - s->in_at);
    if (r->state == NETREPLY_DONE) return 1;
    if (r->state == NETREPLY_BAD) broke(s, "4.5.0", "gave no sound reply to", what);
  } while (more(s, end, what));
  return 0;
}

void session_said(struct session const *s, char const *what, char text[TEXT_MAX + 1])
{
  char status[12];
  int n;

  reply_status(&s->reply, status);
  n = snprintf(text, TEXT_MAX + 1, "%s %s answered %s: %u ", status, s->relay, what, s->reply.code);
  if (n > 0 && n < TEXT_MAX) reply_one_line(&s->reply, text + n, (size_t)(TEXT_MAX + 1 - n));
}

void session_tell(struct session const *s, char const *what, enum result result, char text[TEXT_MAX + 1])
{
  session_said(s, what, text);
  text[0] = result == RESULT_DONE ? '2' : result == RESULT_FAILED ? '5' : '4';
}

/* a reply that is not what it takes to go on */
static enum session_start refused(struct session *s, char const *what)
{
  unsigned int code = s->reply.code;

  if (code < 400) {
    broke(s, "4.5.0", "gave an answer out of place to", what);
    return SESSION_LATER;
  }
  session_said(s, what, s->why);
  session_quit(s);
  return code < 500 ? SESSION_LATER : SESSION_NEVER;
}

static unsigned int greet(struct session *s, char const *verb)
{
  offer_none(s);
  session_text(s, verb, " ", s->helo, "\r\n", (char *)0);
  session_flush(s);
  return session_reply(s, WAIT_EHLO, verb);
}

static enum session_start hello(struct session *s)
{
  char const *verb = s->protocol == PROTOCOL_LMTP ? "LHLO" : "EHLO";
  unsigned int code = greet(s, verb);

  if (code == 250) offer_read(s);
  if (code >= 500 && s->protocol == PROTOCOL_LMTP) {    /* a mistake in control/transports, to be put right */
    session_tell(s, verb, RESULT_LATER, s->why);
    session_quit(s);
    return SESSION_LATER;
  }
  if (code >= 500) code = greet(s, verb = "HELO");      /* a host that knows no EHLO (RFC 5321 3.2) */
  if (code == 250) return SESSION_READY;
  return code ? refused(s, verb) : SESSION_LATER;
}

enum session_start session_begin(struct session *s, int fd, struct target const *t)
{
  unsigned int code;
  int on = 1;

  session_drop(s);
  s->fd = fd;
  s->messages = 0;
  s->need_reset = s->closed = 0;
  s->protocol = t->protocol;
  route_relay(s->relay, t);
  /* our own buffer is enough; a failure, as with Unix sockets, only delays */
  setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  offer_none(s);
  if (s->protocol == PROTOCOL_QMTP) return SESSION_READY;
  code = session_reply(s, WAIT_GREETING, "the connection");
  if (!code) return SESSION_LATER;
  return code == 220 ? hello(s) : refused(s, "the connection");
}

int session_alive(struct session const *s)
{
  struct pollfd p = { .fd = s->fd, .events = POLLIN };

  return s->fd != -1 && s->in_at == s->in_len && poll(&p, 1, 0) == 0;
}

void session_quit(struct session *s)
{
  static char const quit[] = "QUIT\r\n";

  if (s->fd != -1 && s->protocol != PROTOCOL_QMTP && send(s->fd, quit, sizeof quit - 1, MSG_NOSIGNAL) > 0)
    io_wait(s->fd, POLLIN, QUIT_PATIENCE);      /* whatever comes: it was said goodbye to */
  session_drop(s);
}
