/*
 * load.c - many messages for an SMTP server, over sessions side by side; or a server that keeps nothing
 *
 *      load [-n MESSAGES] [-s SESSIONS] [-k MESSAGES] [-l BYTES] [-f FROM] [-t TO] [-u USERS]
 *            [-a ADDRESSES] [-r RECIPIENTS] [-d DIR] IP PORT
 *      load -q [-n CONNECTIONS] [-s SESSIONS] [-a ADDRESSES] IP PORT
 *      load -i [-s SESSIONS] [-a ADDRESSES] IP PORT
 *      load -z [-n MESSAGES] IP PORT
 *      all of them: [-S | -T]; -z: [-c FILE]
 *
 * -n  messages in all (1000)                   -f  sender (sender@client.example)
 * -s  sessions at a time (20)                  -t  recipient (user@local.example); %d in it is a number from 0 to
 * -k  messages a connection (1); 0: no end         USERS - 1 (-u, 1000), each in its turn
 * -l  bytes of a message, header too (4096)    -a  source addresses, in turn (1: the one that the kernel takes);
 *                                                  0: a fresh one of 127.0.0.0/8 for every connection
 * -r  recipients of each message (1), each in its turn, one after the other
 * -d  one message at a time: the next when the last is a file in DIR, and the time of each is until then
 * -S  TLS from the first byte                  -T  STARTTLS
 * Every reply must be a success: the first that is not is printed, and the exit is 1. Pipelining where EHLO offers it.
 * Prints one line: messages, connections, seconds, messages a second, median and 99 % of the time that a message took
 * (the first of a connection: from connect on; others: from MAIL on; to the reply to their end), CPU for each message.
 *
 * -q says QUIT as soon as it is greeted, with -T after the EHLO in TLS: what it counts are connections.
 * -i opens its sessions, says EHLO in each, prints "idle=SESSIONS" and holds them until it is ended.
 * -z takes whatever comes and prints what it took when TERM ends it, and with -n also when it has so many: what is left
 *    of a measurement is the load's own. -c: it offers STARTTLS, by the certificate and the key in that file.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "null.h"
#include "tls.h"
#include "tool.h"
#include "watch.h"

#define SESSIONS_MAX 4000
#define MESSAGES_MAX 10000000
#define BYTES_MAX 100000000
#define USERS_MAX 10000000
#define RECIPIENTS_MAX 1000000
#define ADDRESSES_MAX 60000
#define MAILBOX_MAX 320         /* bytes of an address */
#define COMMANDS_MAX 1024       /* MAIL, RCPT and DATA together */
#define REPLY_MAX 4096
#define SILENCE 60000           /* ms until it is an error that nobody says anything */
#define LINE_BYTES 72           /* of the text, with its end */

#define LOOPBACK_NET 0x7f000000U
#define LOOPBACK_HOSTS 0x00ffffffU
#define NETWORK_STEP 257        /* from an address to the next: another /24 each, and all are reached */

/* The step whose reply a session waits for. */
enum step { GREETING, HELLO, STARTTLS, HANDSHAKE, MAIL, RCPT, DATA, TEXT, QUIT };

static char const *const step_names[] = {
  "connecting", "EHLO", "STARTTLS", "the handshake", "MAIL", "RCPT", "DATA", "the message", "QUIT"
};

struct session {
  int fd;                       /* -1: none */
  struct ssl_st *tls;           /* null: none */
  short shakes;                 /* the handshake is under way, and waits for this */
  enum step step;
  int pipelining;
  unsigned long sent;           /* messages of this connection that have begun */
  unsigned long rcpts;          /* of the message under way, that were taken */
  unsigned long number;         /* of the message under way; a connection is opened for one */
  long long began;              /* us, the same */
  char const *out;
  size_t left;                  /* bytes of out that the socket has not taken */
  char commands[COMMANDS_MAX];
  char in[REPLY_MAX];
  size_t used;
};

static unsigned long messages = 1000, n_sessions = 20, per_connection = 1, bytes = 4096, users = 1000, addresses = 1,
                     recipients = 1;
static char const *from = "sender@client.example", *to = "user@local.example";
static char const *delivered;    /* where messages come out */
static int only_idle, only_quit;
static enum { CLEAR, AT_ONCE, BY_STARTTLS } tls;
static struct sockaddr_in server = { .sin_family = AF_INET };

static struct session sessions[SESSIONS_MAX];
static struct pollfd polls[SESSIONS_MAX];
static unsigned long begun, done, connections, idle;
static char *text;
static size_t text_len;
static uint32_t *took;          /* us, of each message that is done */

static void make_text(void)
{
  char head[1024], date[64];
  time_t t = time(0);
  int n;

  strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S +0000", gmtime(&t));
  n = snprintf(head, sizeof head, "Date: %s\r\nFrom: <%s>\r\nTo: undisclosed-recipients:;\r\n"
    "Message-ID: <%lld.%ld@load.example>\r\nSubject: load\r\n\r\n", date, from, (long long)t, (long)getpid());
  if (n < 0 || (size_t)n >= sizeof head) die("the header is too long");
  text_len = bytes < (unsigned long)n + 2 ? (size_t)n + 2 : bytes;
  text = malloc(text_len + 3);
  if (!text) die("no memory");
  memcpy(text, head, (size_t)n);
  for (size_t i = (size_t)n; i < text_len; i++) {
    size_t column = (i - (size_t)n) % LINE_BYTES;
    text[i] = column == LINE_BYTES - 2 ? '\r' : column == LINE_BYTES - 1 ? '\n' : (char)('a' + column % 26);
  }
  if (text[text_len - 3] == '\r') text[text_len - 3] = 'z';     /* cut between CR and LF */
  memcpy(text + text_len - 2, "\r\n.\r\n", 5);
  text_len += 3;
}

static void flush(struct session *s)
{
  while (s->left) {
    ssize_t r = s->tls ? tls_write(s->tls, s->out, s->left) : send(s->fd, s->out, s->left, MSG_NOSIGNAL);
    if (r == -1 && errno == EINTR) continue;
    if (r == -1 && errno == EAGAIN) return;
    if (r == -1) die("writing, before the reply to %s: %s", step_names[s->step], strerror(errno));
    s->out += r;
    s->left -= (size_t)r;
  }
}

static void say(struct session *s, char const *what, size_t len)
{
  s->out = what;
  s->left = len;
  flush(s);
}

static int mail_command(char *out, size_t size)
{
  return snprintf(out, size, "MAIL FROM:<%s>\r\n", from);
}

/* Each message goes to the next user. */
static int rcpt_command(struct session const *s, char *out, size_t size)
{
  char const *percent = strstr(to, "%d");

  if (!percent) return snprintf(out, size, "RCPT TO:<%s>\r\n", to);
  return snprintf(out, size, "RCPT TO:<%.*s%lu%s>\r\n", (int)(percent - to), to, (s->number - 1 + s->rcpts) % users,
    percent + 2);
}

static void start_message(struct session *s)
{
  int n = mail_command(s->commands, sizeof s->commands);

  if (s->sent++) {
    s->number = ++begun;
    s->began = now();
  }
  s->rcpts = 0;
  s->step = MAIL;
  if (s->pipelining) {
    n += rcpt_command(s, s->commands + n, sizeof s->commands - (size_t)n);
    n += snprintf(s->commands + n, sizeof s->commands - (size_t)n, "DATA\r\n");
  }
  say(s, s->commands, (size_t)n);
}

static void quit(struct session *s)
{
  s->step = QUIT;
  say(s, "QUIT\r\n", 6);
}

/* Another message on this connection, or the end of it. */
static void go_on(struct session *s)
{
  if (!s->sent || (begun < messages && (!per_connection || s->sent < per_connection))) {
    start_message(s);
    return;
  }
  quit(s);
}

static void shake(struct session *s)
{
  int waits = tls_shake(s->tls);

  if (waits == -1) die("message %lu: the handshake failed", s->number);
  s->shakes = (short)waits;
  if (waits) return;
  s->step = tls == AT_ONCE ? GREETING : HELLO;
  if (s->step == HELLO) say(s, "EHLO load.example\r\n", 19);
}

static void begin_tls(struct session *s)
{
  s->step = HANDSHAKE;
  s->tls = tls_new(s->fd);
  s->shakes = POLLOUT;
}

/* The source address of the next connection. */
static struct in_addr next_address(void)
{
  static unsigned long turn, first;
  struct in_addr a;
  uint32_t host;

  if (!first) first = addresses ? NETWORK_STEP : (unsigned long)now();
  do {
    if (addresses && turn == addresses) turn = 0;
    host = (uint32_t)((first + NETWORK_STEP * turn++) & LOOPBACK_HOSTS);
  } while (host <= INADDR_LOOPBACK - LOOPBACK_NET || host == LOOPBACK_HOSTS);
  a.s_addr = htonl(LOOPBACK_NET | host);
  return a;
}

static void open_session(struct session *s)
{
  struct sockaddr_in me = { .sin_family = AF_INET };
  int on = 1;

  s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (s->fd == -1) die("socket: %s", strerror(errno));
  setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (addresses != 1) {
    me.sin_addr = next_address();
    setsockopt(s->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (bind(s->fd, (struct sockaddr *)&me, sizeof me) == -1)
      die("bind to %s: %s", inet_ntoa(me.sin_addr), strerror(errno));
  }
  s->number = ++begun;
  s->began = now();
  s->step = GREETING;
  s->sent = s->used = s->left = 0;
  s->pipelining = 0;
  connections++;
  if (connect(s->fd, (struct sockaddr *)&server, sizeof server) == -1 && errno != EINPROGRESS)
    die("connect: %s", strerror(errno));
  if (tls == AT_ONCE) begin_tls(s);
}

static void close_session(struct session *s)
{
  tls_end(s->tls);
  s->tls = 0;
  close(s->fd);
  s->fd = -1;
  if (begun < messages) open_session(s);
}

static void is_done(struct session *s)
{
  took[done++] = (uint32_t)(now() - s->began);
}

static void greeted(struct session *s)
{
  if (only_quit && tls != BY_STARTTLS) {
    is_done(s);
    quit(s);
    return;
  }
  s->step = HELLO;
  say(s, "EHLO load.example\r\n", 19);
}

/* After EHLO. */
static void known(struct session *s)
{
  if (only_quit && s->tls) {
    is_done(s);
    quit(s);
  }
  else if (tls == BY_STARTTLS && !s->tls) {
    s->step = STARTTLS;
    say(s, "STARTTLS\r\n", 10);
  }
  else if (!only_idle) go_on(s);
  else if (++idle == n_sessions) printf("idle=%lu\n", idle);
}

/* The reply to a step is there, and good. */
static void answered(struct session *s)
{
  if (s->used && !(s->pipelining && (s->step == MAIL || s->step == RCPT)))
    die("behind the reply to %s the server said what nobody asked: %.*s", step_names[s->step], (int)s->used, s->in);
  switch (s->step) {
    case GREETING:
      greeted(s);
      break;
    case HELLO:
      known(s);
      break;
    case STARTTLS:
      begin_tls(s);
      break;
    case HANDSHAKE:
      break;
    case MAIL:
      s->step = RCPT;
      if (!s->pipelining) say(s, s->commands, (size_t)rcpt_command(s, s->commands, sizeof s->commands));
      break;
    case RCPT:
      if (++s->rcpts < recipients) {
        say(s, s->commands, (size_t)rcpt_command(s, s->commands, sizeof s->commands));
        break;
      }
      s->step = DATA;
      if (!s->pipelining) say(s, "DATA\r\n", 6);
      break;
    case DATA:
      s->step = TEXT;
      say(s, text, text_len);
      break;
    case TEXT:
      if (delivered) watch_wait(1, SILENCE);
      is_done(s);
      go_on(s);
      break;
    case QUIT:
      close_session(s);
      break;
  }
}

/* One line of a reply, without its end. */
static void heard_line(struct session *s, char const *line)
{
  char const *good = s->step == DATA ? "3" : "2";
  size_t len = strlen(line);

  if ((s->step == TEXT && s->left) || len < 3 || line[0] != good[0] || (line[3] != ' ' && line[3] != '-' && line[3]))
    die("message %lu, the reply to %s was: %s", s->number, step_names[s->step], line);
  if (s->step == HELLO && len > 4 && !strcasecmp(line + 4, "PIPELINING")) s->pipelining = recipients == 1;
}

static void hear(struct session *s)
{
  size_t room = sizeof s->in - s->used;
  ssize_t r = s->tls ? tls_read(s->tls, s->in + s->used, room) : read(s->fd, s->in + s->used, room);
  char *end;

  if (r == -1 && (errno == EAGAIN || errno == EINTR)) return;
  if (r == -1) die("waiting for the reply to %s: %s", step_names[s->step], strerror(errno));
  if (!r) die("message %lu, no reply to %s: the server closed the connection", s->number, step_names[s->step]);
  s->used += (size_t)r;
  while (s->used && (end = memchr(s->in, '\n', s->used))) {
    char line[REPLY_MAX];
    size_t len = (size_t)(end - s->in), cut = len && end[-1] == '\r' ? len - 1 : len;
    memcpy(line, s->in, cut);
    line[cut] = 0;
    s->used -= len + 1;
    memmove(s->in, end + 1, s->used);
    heard_line(s, line);
    if (line[3] != '-') answered(s);
  }
  if (s->used == sizeof s->in) die("a reply to %s without an end", step_names[s->step]);
}

static int by_size(void const *a, void const *b)
{
  uint32_t x = *(uint32_t const *)a, y = *(uint32_t const *)b;

  return (x > y) - (x < y);
}

static void report(long long us)
{
  qsort(took, done, sizeof *took, by_size);
  printf("messages=%lu connections=%lu seconds=%.3f rate=%.1f median_ms=%.2f p99_ms=%.2f cpu_ms=%.4f\n",
    done, connections, (double)us / 1e6, (double)done * 1e6 / (double)us, took[done / 2] / 1e3,
    took[done - 1 - done / 100] / 1e3, own_cpu() / (double)done);
}

static void serve(struct session *s, short events)
{
  if (s->shakes) {
    shake(s);
    return;
  }
  if (events & POLLOUT) flush(s);
  if (!(events & ~POLLOUT)) return;
  do hear(s);
  while (s->tls && !s->shakes && tls_pending(s->tls));
}

/* One round of waiting: how many sessions there still are. */
static unsigned long turn(void)
{
  unsigned long open = 0, i;

  for (i = 0; i < n_sessions; i++) {
    struct session const *s = sessions + i;
    polls[i] = (struct pollfd){ .fd = s->fd, .events = s->shakes ? s->shakes : s->left ? POLLIN | POLLOUT : POLLIN };
    open += s->fd != -1;
  }
  if (!open) return 0;
  if (!poll(polls, n_sessions, idle == n_sessions ? -1 : SILENCE)) die("nothing was said for %d s", SILENCE / 1000);
  for (i = 0; i < n_sessions; i++)
    if (polls[i].revents) serve(sessions + i, polls[i].revents);
  return open;
}

static void generate(void)
{
  long long start;
  unsigned long i;

  make_text();
  took = malloc(messages * sizeof *took);
  if (!took) die("no memory");
  if (!only_idle && n_sessions > messages) n_sessions = messages;
  if (delivered) watch_add(delivered);
  start = now();
  for (i = 0; i < n_sessions; i++) open_session(sessions + i);
  while (turn()) ;
  report(now() - start);
}

static char const *mailbox(char const *s)
{
  if (strlen(s) > MAILBOX_MAX || strpbrk(s, "\r\n<>")) die("no address: %s", s);
  return s;
}

static void usage(void) __attribute__((noreturn));
static void usage(void)
{
  fputs("usage: load [-S | -T] [-n messages] [-s sessions] [-k messages] [-l bytes] [-f from] [-t to] [-u users]"
    " [-a addresses] [-r recipients] [-d directory]"
    " IP PORT\n       load -q [-S | -T] [-n connections] [-s sessions] [-a addresses] IP PORT\n"
    "       load -i [-S | -T] [-s sessions] [-a addresses] IP PORT\n       load -z [-c file] [-n messages] IP PORT\n",
    stderr);
  exit(100);
}

int main(int argc, char **argv)
{
  char const *pem = 0;
  unsigned long most = 0;
  int o, null = 0;

  while ((o = getopt(argc, argv, "n:s:k:l:f:t:u:a:r:d:c:STqiz")) != -1) switch (o) {
    case 'n': messages = most = number(optarg, 1, MESSAGES_MAX); break;
    case 's': n_sessions = number(optarg, 1, SESSIONS_MAX); break;
    case 'k': per_connection = number(optarg, 0, MESSAGES_MAX); break;
    case 'l': bytes = number(optarg, 1, BYTES_MAX); break;
    case 'f': from = mailbox(optarg); break;
    case 't': to = mailbox(optarg); break;
    case 'u': users = number(optarg, 1, USERS_MAX); break;
    case 'a': addresses = number(optarg, 0, ADDRESSES_MAX); break;
    case 'r': recipients = number(optarg, 1, RECIPIENTS_MAX); break;
    case 'd': delivered = optarg; n_sessions = 1; break;
    case 'c': pem = optarg; break;
    case 'S': tls = AT_ONCE; break;
    case 'T': tls = BY_STARTTLS; break;
    case 'q': only_quit = 1; break;
    case 'i': only_idle = 1; break;
    case 'z': null = 1; break;
    default: usage();
  }
  if (argc - optind != 2) usage();
  if (inet_pton(AF_INET, argv[optind], &server.sin_addr) != 1) die("%s is no IPv4 address", argv[optind]);
  server.sin_port = htons((uint16_t)number(argv[optind + 1], 1, 65535));
  setvbuf(stdout, 0, _IOLBF, 0);
  if (null) {
    null_serve(&server, most, pem);
    return 0;
  }
  if (tls != CLEAR) tls_client();
  generate();
  return 0;
}
