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
#include "remote/session.h"

#define QUIT_PATIENCE 2000      /* ms */
#define LAST_WORDS 2000         /* ms that a host has for them */

void session_drop(struct session *s)
{
  if (s->fd != -1) close(s->fd);
  s->fd = -1;
  s->in_at = s->in_len = s->out_len = 0;
}

static int broke(struct session *s, char const *status, char const *how, char const *what)
{
  snprintf(s->why, sizeof s->why, "%s %s %s %s", status, s->name, how, what);
  session_drop(s);
  return 0;
}

/* the same, with what came instead */
static int nonsense(struct session *s, char const *what, char const *first)
{
  snprintf(s->why, sizeof s->why, "4.5.0 %s gave no sound reply to %s: %s", s->name, what, first);
  session_drop(s);
  return 0;
}

static int cut(struct session *s, char const *how, char const *what)
{
  snprintf(s->why, sizeof s->why, "4.4.2 %s %s %s", s->name, how, what);
  s->cut = 1;
  s->out_len = 0;
  return 0;
}

static int patience(struct session const *s, unsigned int seconds)
{
  long long ms = 1000LL * (seconds < s->timeout_remote ? seconds : s->timeout_remote);
  int left = io_left(s->deadline);

  return left < ms ? left : (int)ms;
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

int session_unread(struct session *s)
{
  struct pollfd p = { .fd = s->fd, .events = POLLIN };

  if (s->fd == -1) return 0;
  /* the end of the stream is for whoever reads or writes next */
  if (s->in_len - s->in_at < SESSION_IN && poll(&p, 1, 0) == 1) take(s);
  if (s->protocol != PROTOCOL_QMTP)
    while (s->in_at < s->in_len && (s->in[s->in_at] == '\r' || s->in[s->in_at] == '\n')) s->in_at++;
  return s->in_at < s->in_len;
}

/* Replies are read while we send, or both sides could wait for each other (RFC 2920 section 3.1). */
int session_flush(struct session *s)
{
  size_t sent = 0;

  if (s->fd == -1 || s->cut) return 0;
  while (sent < s->out_len) {
    struct pollfd p = { .fd = s->fd, .events = POLLOUT };
    ssize_t r;
    if (s->quiet && session_unread(s)) return cut(s, "answered before it had", "the message");
    r = send(s->fd, s->out + sent, s->out_len - sent, MSG_NOSIGNAL);
    if (r >= 0) {
      sent += (size_t)r;
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return cut(s, "lost the connection:", strerror(errno));
    if (s->in_len < SESSION_IN) p.events |= POLLIN;
    if (io_wait(p.fd, p.events, patience(s, WAIT_BLOCK)) != 1) return cut(s, "took no more bytes", "in time");
    if (s->in_len < SESSION_IN && !take(s)) return cut(s, "closed the connection", "while we sent");
  }
  s->out_len = 0;
  return 1;
}

int session_put(struct session *s, char const *bytes, size_t len)
{
  if (s->fd == -1 || s->cut) return 0;
  while (io_fill(s->out, sizeof s->out, &s->out_len, &bytes, &len))
    if (!session_flush(s)) return 0;
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
  int left = io_left(end);

  if (s->fd == -1) return 0;
  if (s->cut) {
    if (io_wait(s->fd, POLLIN, left < LAST_WORDS ? left : LAST_WORDS) == 1 && take(s)) return 1;
    session_drop(s);
    return 0;
  }
  if (!left || io_wait(s->fd, POLLIN, left) != 1)
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
    if (s->reply.state == REPLY_BAD) nonsense(s, what, s->reply.first);
    if (s->reply.state == REPLY_OVER) {
      session_said(s, what, s->why);
      session_drop(s);
      return s->reply.code;
    }
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
    if (r->state == NETREPLY_BAD) nonsense(s, what, r->first);
  } while (more(s, end, what));
  return 0;
}

void session_said(struct session const *s, char const *what, char text[TEXT_MAX + 1])
{
  char status[12];
  int n;

  reply_status(&s->reply, status);
  n = snprintf(text, TEXT_MAX + 1, "%s %s answered %s: %u ", status, s->name, what, s->reply.code);
  if (n > 0 && n < TEXT_MAX) reply_one_line(&s->reply, text + n, (size_t)(TEXT_MAX + 1 - n));
}

void session_tell(struct session const *s, char const *what, enum result result, char text[TEXT_MAX + 1])
{
  session_said(s, what, text);
  text[0] = result == RESULT_DONE ? '2' : result == RESULT_FAILED ? '5' : '4';
}

void session_out_of_step(struct session *s, char const *what)
{
  char line[TEXT_MAX + 1];

  reply_one_line(&s->reply, line, sizeof line);
  snprintf(s->why, sizeof s->why, "4.5.0 %s gave an answer out of place to %s: %u %.180s", s->name, what, s->reply.code,
           line);
  session_drop(s);
}

int session_in_step(struct session *s, char const *what)
{
  int asked = !session_unread(s);
  unsigned int code;

  s->surplus = !asked;
  if (asked && session_text(s, "NOOP\r\n", (char *)0)) session_flush(s);
  code = session_reply(s, WAIT_END, asked ? "NOOP" : what);
  if (!code) return asked && s->closed;
  if (code == 421 || code / 100 == 2 || (asked && reply_unknown(&s->reply))) return 1;
  session_out_of_step(s, what);
  return 0;
}

/* SMTP, LMTP */
static int quit_in_step(struct session *s, char const *what)
{
  int asked = !session_unread(s);
  unsigned int code;

  if (asked && session_text(s, "QUIT\r\n", (char *)0)) session_flush(s);
  code = session_reply(s, WAIT_END, asked ? "QUIT" : what);
  if (!code) return asked && s->closed;
  if (asked && code == 221) return 1;
  session_out_of_step(s, what);
  return 0;
}

static int end_in_step(struct session *s, char const *what)
{
  int more = session_unread(s);

  if (!more && shutdown(s->fd, SHUT_WR) == 0 && io_wait(s->fd, POLLIN, QUIT_PATIENCE) == 1) more = session_unread(s);
  if (more) snprintf(s->why, sizeof s->why, "4.5.0 %s gave an answer too many to %s", s->name, what);
  return !more;
}

int session_over_in_step(struct session *s, char const *what)
{
  s->spent = 1;
  return s->protocol == PROTOCOL_QMTP ? end_in_step(s, what) : quit_in_step(s, what);
}

void session_host(struct session *s, struct target const *t)
{
  s->tls[0] = 0;
  route_relay(s->relay, t);
  told_name(s->name, s->relay, t->own);
}

void session_offer_none(struct session *s)
{
  s->offered = s->mechanisms = 0;
  s->size_max = s->rcpt_max = s->mail_max = 0;
}

void session_open(struct session *s, int fd, struct target const *t)
{
  int on = 1;

  session_drop(s);
  s->fd = fd;
  s->messages = 0;
  s->need_reset = s->closed = s->cut = s->quiet = s->surplus = s->spent = s->encrypted = s->verified = 0;
  s->protocol = t->protocol;
  s->whose = s->login;
  session_host(s, t);
  /* our own buffer is enough; a failure, as with Unix sockets, only delays */
  setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  session_offer_none(s);
}

int session_alive(struct session *s)
{
  struct pollfd p = { .fd = s->fd, .events = POLLIN };

  return s->fd != -1 && !s->cut && !s->surplus && !s->spent && !session_unread(s) && poll(&p, 1, 0) == 0;
}

void session_quit(struct session *s)
{
  static char const quit[] = "QUIT\r\n";

  if (s->fd != -1 && !s->cut && s->protocol != PROTOCOL_QMTP && send(s->fd, quit, sizeof quit - 1, MSG_NOSIGNAL) > 0)
    io_wait(s->fd, POLLIN, QUIT_PATIENCE);      /* whatever comes: it was said goodbye to */
  session_drop(s);
}
