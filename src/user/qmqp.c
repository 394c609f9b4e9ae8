/* qmqp.c - see qmqp.h */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "door/submit.h"
#include "lib/io/io.h"
#include "lib/io/netreply.h"
#include "user/qmqp.h"

#define CONNECT_SECONDS 10      /* as qmail-qmqpc */
#define SLOWEST 1024            /* bytes a second that a server takes at least, over a whole message */

static struct {
  int fd;                       /* -1: it is over, and outcome tells how */
  unsigned int seconds;
  long long until;              /* when all must have been sent */
  uint64_t left;                /* bytes of the request that the kernel does not have yet */
  size_t used;
  struct netreply reply;
  struct qmqp_outcome *outcome;
  char out[65536];
} c;

static int over(enum qmqp_result result, int code, char const *why)
{
  if (c.fd != -1) close(c.fd);
  c.fd = -1;
  c.outcome->result = result;
  c.outcome->code = code;
  snprintf(c.outcome->why, sizeof c.outcome->why, "%s", why);
  return 0;
}

/* Trouble of the connection: what it means depends on whether the server has the last byte. */
static int broke(int code, char const *why)
{
  return over(c.left ? QMQP_UNSENT : QMQP_UNKNOWN, code, why);
}

static int answered(void)
{
  switch (c.reply.letter) {
    case 'D': return over(QMQP_NEVER, SUBMIT_REFUSED, c.reply.text);
    case 'Z': return over(QMQP_LATER, SUBMIT_BUSY, c.reply.text);
  }
  if (c.left) return broke(SUBMIT_BROKEN, "took the message before it had all of it");
  return over(QMQP_TAKEN, SUBMIT_OK, c.reply.text);
}

/* Reads what is there. 1 when there may come more; 0 when it is over. */
static int hear(void)
{
  char s[4096];
  ssize_t r = recv(c.fd, s, sizeof s, 0);

  if (r == -1 && (errno == EAGAIN || errno == EINTR)) return 1;
  if (r == -1) return broke(SUBMIT_BROKEN, strerror(errno));
  if (!r) return broke(SUBMIT_BROKEN, "closed the connection");
  netreply_feed(&c.reply, s, (size_t)r);
  switch (c.reply.state) {
    case NETREPLY_MORE: return 1;
    case NETREPLY_BAD: return broke(SUBMIT_BROKEN, "gave an answer that is none");
    case NETREPLY_DONE: break;
  }
  return answered();
}

/* milliseconds until a moment, at most those of one wait */
static int patience(long long until)
{
  long long most = 1000LL * c.seconds;
  int left = io_left(until);

  return left < most ? left : (int)most;
}

/* Nothing more can be sent: has it said why? */
static void cut_off(int error)
{
  while (c.fd != -1 && io_wait(c.fd, POLLIN, 0) == 1) hear();
  if (c.fd != -1) broke(SUBMIT_BROKEN, strerror(error));
}

/* The server may say no, and close, before it has seen all: it is heard while we send, and afterwards. */
static void flush(void)
{
  size_t at = 0;

  while (at < c.used && c.fd != -1) {
    ssize_t r = send(c.fd, c.out + at, c.used - at, MSG_NOSIGNAL);
    if (r >= 0) {
      at += (size_t)r;
      c.left -= (size_t)r;
    }
    else if (errno == EAGAIN) {
      if (io_wait(c.fd, POLLIN | POLLOUT, patience(c.until)) != 1) broke(SUBMIT_SLOW, "took no more in time");
      else hear();
    }
    else if (errno != EINTR) cut_off(errno);
  }
  c.used = 0;
}

static int put(char const *s, size_t len)
{
  while (c.fd != -1 && io_fill(c.out, sizeof c.out, &c.used, &s, &len)) flush();
  return c.fd == -1;
}

static void put_length(uint64_t len)
{
  char s[NETLEN_MAX];

  put(s, netlen_format(s, len));
}

/* the bytes of a netstring */
static uint64_t whole(uint64_t len)
{
  char s[NETLEN_MAX];

  return netlen_format(s, len) + len + 1;
}

/* each address of the envelope, without its letter: to the server; or only their bytes as netstrings are added up */
static uint64_t addresses(struct qmqp_message const *m, int send)
{
  size_t at, len;
  uint64_t sum = 0;

  for (at = 0; at < m->len; at += len + 2) {
    len = strlen(m->envelope + at + 1);
    sum += whole(len);
    if (!send) continue;
    put_length(len);
    put(m->envelope + at + 1, len);
    put(",", 1);
  }
  return sum;
}

static void request(struct qmqp_message const *m)
{
  uint64_t inside = whole(m->body->bytes) + addresses(m, 0);

  c.left = whole(inside);
  c.until = io_clock() + 1000LL * c.seconds + (long long)(c.left * 1000 / SLOWEST);
  put_length(inside);
  put_length(m->body->bytes);
  if (spool_send(m->body, put) == -1 && c.fd != -1) over(QMQP_UNSENT, SUBMIT_WRITE, "cannot read the temporary file");
  put(",", 1);
  addresses(m, 1);
  put(",", 1);
  flush();
}

static void answer(void)
{
  long long until = io_clock() + 1000LL * c.seconds;

  while (c.fd != -1)
    if (io_wait(c.fd, POLLIN, patience(until)) != 1) broke(SUBMIT_SLOW, "gave no answer in time");
    else hear();
}

void qmqp_send(struct net_address const *a, struct qmqp_message const *m, unsigned int seconds,
               struct qmqp_outcome *outcome)
{
  unsigned int wait = seconds < CONNECT_SECONDS ? seconds : CONNECT_SECONDS;

  c.outcome = outcome;
  c.seconds = seconds;
  c.used = 0;
  c.left = 1;
  netreply_start(&c.reply);
  c.fd = net_connect(a, SOCK_STREAM, io_clock() + 1000LL * wait);
  if (c.fd == -1) {
    broke(errno == ETIMEDOUT ? SUBMIT_SLOW : SUBMIT_AWAY, strerror(errno));
    return;
  }
  request(m);
  answer();
}
