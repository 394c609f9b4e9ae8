/* null.c - see null.h */

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "null.h"
#include "tls.h"
#include "tool.h"

#define CLIENTS 4000
#define LINE_MAX_BYTES 1024     /* of a command */
#define TERM_WAIT 500           /* ms until a TERM that came just before poll is seen */
#define LOOPBACK_HOSTS 0x00ffffffU

struct client {
  int fd;                       /* -1: none */
  struct ssl_st *tls;           /* null: none */
  int shakes;                   /* its handshake is under way */
  int in_text;
  int within;                   /* a line's beginning is gone already */
  size_t used;
  char line[LINE_MAX_BYTES];      /* of one that has no end yet */
};

static struct client clients[CLIENTS];
static int n_clients;           /* the first ones, used or free */
static uint8_t seen[(LOOPBACK_HOSTS + 1) / 8];          /* hosts of 127.0.0.0/8, a bit each */
static unsigned long n_seen;
static volatile sig_atomic_t ended;
static char replies[65536];
static size_t replies_len;
static struct pollfd polls[CLIENTS + 1];
static unsigned long messages, connections;
static long long first;         /* us, when the first connection came */
static unsigned long wanted;    /* messages */
static int offers_tls;

static void end(int sig)
{
  (void)sig;
  ended = 1;
}

static void report(void)
{
  printf("messages=%lu connections=%lu addresses=%lu cpu_ms=%.4f seconds=%.3f\n", messages, connections, n_seen,
    messages ? own_cpu() / (double)messages : 0, first ? (double)(now() - first) / 1e6 : 0);
}

static void drop(struct client *c)
{
  tls_end(c->tls);
  c->tls = 0;
  close(c->fd);
  c->fd = -1;
}

static void note(struct in_addr a)
{
  uint32_t host = ntohl(a.s_addr) & LOOPBACK_HOSTS;

  if (seen[host / 8] & 1U << host % 8) return;
  seen[host / 8] |= (uint8_t)(1U << host % 8);
  n_seen++;
}

static void reply(char const *words)
{
  size_t len = strlen(words);

  if (len > sizeof replies - replies_len) die("a client does not wait for its replies");
  memcpy(replies + replies_len, words, len);
  replies_len += len;
}

static void accept_one(int listener)
{
  struct sockaddr_in a;
  socklen_t len = sizeof a;
  int fd = accept4(listener, (struct sockaddr *)&a, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
  struct client *c = clients;

  if (fd == -1) return;
  while (c < clients + n_clients && c->fd != -1) c++;
  if (c == clients + CLIENTS) die("more than %d connections", CLIENTS);
  if (c == clients + n_clients) n_clients++;
  *c = (struct client){ .fd = fd };
  note(a.sin_addr);
  if (!connections++) first = now();
  if (send(fd, "220 null\r\n", 10, MSG_NOSIGNAL) != 10) drop(c);
}

static void hello(struct client const *c)
{
  reply("250-null\r\n250-PIPELINING\r\n");
  if (offers_tls && !c->tls) reply("250-STARTTLS\r\n");
  reply("250 8BITMIME\r\n");
}

static void starttls(struct client *c)
{
  reply("220 go\r\n");
  c->shakes = 1;
}

/* 0 when it was the last. */
static int command(struct client *c, char const *line, size_t len)
{
  static char const *const fine[] = { "HELO", "MAIL", "RCPT", "RSET", "NOOP" };
  size_t i;

  if (len >= 4 && !strncasecmp(line, "QUIT", 4)) {
    reply("221 bye\r\n");
    return 0;
  }
  for (i = 0; i < sizeof fine / sizeof fine[0]; i++)
    if (len >= 4 && !strncasecmp(line, fine[i], 4)) break;
  c->in_text = len >= 4 && !strncasecmp(line, "DATA", 4);
  if (c->in_text) reply("354 go\r\n");
  else if (len >= 4 && !strncasecmp(line, "EHLO", 4)) hello(c);
  else if (len >= 8 && !strncasecmp(line, "STARTTLS", 8) && offers_tls && !c->tls) starttls(c);
  else reply(i < sizeof fine / sizeof fine[0] ? "250 ok\r\n" : "502 not here\r\n");
  return 1;
}

static int take_line(struct client *c, char const *line, size_t len)
{
  int whole = !c->within;

  c->within = 0;
  if (!c->in_text) return command(c, line, len);
  if (!whole || len != 3 || memcmp(line, ".\r\n", 3)) return 1;
  c->in_text = 0;
  if (++messages == wanted) report();
  reply("250 taken\r\n");
  return 1;
}

static void shake(struct client *c)
{
  int waits = tls_shake(c->tls);

  if (waits == -1) drop(c);
  c->shakes = waits != 0;
}

/* 1 when all replies have gone. */
static int answer(struct client const *c)
{
  if (!replies_len) return 1;
  return (c->tls ? tls_write(c->tls, replies, replies_len) : send(c->fd, replies, replies_len, MSG_NOSIGNAL))
         == (ssize_t)replies_len;
}

static void serve_client(struct client *c)
{
  static char buf[LINE_MAX_BYTES + 65536];
  char *p = buf, *nl;
  size_t room = sizeof buf - c->used, len;
  ssize_t r = c->tls ? tls_read(c->tls, buf + c->used, room) : read(c->fd, buf + c->used, room);
  int more = 1;

  if (r == -1 && (errno == EAGAIN || errno == EINTR)) return;
  if (r <= 0) {
    drop(c);
    return;
  }
  memcpy(buf, c->line, c->used);
  len = c->used + (size_t)r;
  replies_len = 0;
  for (; more && (nl = memchr(p, '\n', len)); p = nl + 1) {
    more = take_line(c, p, (size_t)(nl + 1 - p));
    len -= (size_t)(nl + 1 - p);
  }
  if (len > sizeof c->line) {           /* only a line of a text may be so long */
    more = more && c->in_text;
    c->within = 1;
    len = 0;
  }
  memcpy(c->line, p, len);
  c->used = len;
  if (!answer(c) || !more) drop(c);
  else if (c->shakes) c->tls = tls_new(c->fd);
}

void null_serve(struct sockaddr_in const *at, unsigned long most, char const *pem)
{
  int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), i;
  struct sigaction act = { .sa_handler = end };

  if (pem) tls_server(pem);
  offers_tls = pem != 0;
  wanted = most;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr const *)at, sizeof *at) == -1 || listen(listener, SOMAXCONN) == -1)
    die("unable to listen: %s", strerror(errno));
  sigaction(SIGTERM, &act, 0);
  while (!ended) {
    for (i = 0; i < n_clients; i++) polls[i] = (struct pollfd){ .fd = clients[i].fd, .events = POLLIN };
    polls[i] = (struct pollfd){ .fd = listener, .events = POLLIN };
    if (poll(polls, (nfds_t)n_clients + 1, TERM_WAIT) <= 0) continue;
    for (i = 0; i < n_clients; i++)
      if (polls[i].revents && clients[i].shakes) shake(clients + i);
      else if (polls[i].revents) serve_client(clients + i);
    if (polls[i].revents) accept_one(listener);
  }
  report();
}
