/*
 * session.c - the SMTP server: whole sessions over the input, twice
 *
 * The first byte says where the input is cut into packets: once nowhere, once everywhere by that length; the replies must
 * be the same. Its highest bit makes it a session of submission. The doors to the queue and to logins are this file's
 * own: what comes through the one must hold no CR and no NUL, through the other no control byte.
 */

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "door/auth.h"
#include "fuzz.h"
#include "in/session.h"

#define PACKET 16384            /* WIRE_IN holds it behind the rest of a line */
#define REPLIES 1000000
#define SUBMISSION 0x80U

static struct session session;
static struct visit visit = { .peer = { .ip = "192.0.2.1" }, .orders = -1 };
static int in_message;

int submit_open(struct submit *s, unsigned int seconds)
{
  (void)seconds;
  s->fd = open("/dev/null", O_RDWR | O_CLOEXEC);
  s->code = 0;
  return 0;
}

int submit_start(struct submit *s, int fd)
{
  s->fd = fd;
  return 0;
}

void submit_resume(struct submit *s, int fd)
{
  s->fd = fd;
}

void submit_close(struct submit *s)
{
  if (s->fd != -1) close(s->fd);
  s->fd = -1;
}

void submit_begin(struct submit *s, char const *id)
{
  demand(s->fd != -1 && !*id && !in_message);
  in_message = 1;
}

void submit_data(struct submit *s, char const *p, size_t len)
{
  (void)s;
  demand(in_message && !memchr(p, '\r', len) && !memchr(p, 0, len));
}

int submit_end(struct submit *s, char const *records, size_t len)
{
  demand(in_message && len > 2 && records[0] == 'F' && !records[len - 1]);
  in_message = 0;
  memcpy(s->text, "00000000000000000000000001", 27);
  return SUBMIT_OK;
}

void submit_abort(struct submit *s)
{
  (void)s;
  demand(in_message);
  in_message = 0;
}

int submit_permanent(int code)
{
  return code >= 11 && code <= 40;
}

/* --- logins: what begins with a y is right */

static int answer(struct auth_answer *a, char const *line)
{
  demand(strlen(line) <= AUTH_LINE_MAX);
  memset(a, 0, sizeof *a);
  a->kind = AUTH_END;
  a->status = *line == 'y' ? AUTH_YES : *line == 'z' ? AUTH_LATER : AUTH_NO;
  memcpy(a->reply, "535 5.7.8 a reply", 18);
  if (a->status == AUTH_YES) memcpy(a->login, "login", 6);
  return 0;
}

int auth_connect(void)
{
  return -1;
}

int auth_start(int sock, struct auth_start const *s, struct auth_answer *a)
{
  demand(sock == -1 && *s->mechanism && s->flags & AUTH_CLEAR && !!*s->initial == !!(s->flags & AUTH_INITIAL));
  demand(strlen(s->initial) <= AUTH_LINE_MAX);
  if (s->flags & AUTH_INITIAL) return answer(a, s->initial);
  memset(a, 0, sizeof *a);
  return 1;
}

int auth_respond(int sock, char const *line, struct auth_answer *a)
{
  demand(sock == -1);
  return answer(a, line);
}

int auth_count(int sock, unsigned int rcpts, struct auth_answer *a)
{
  demand(sock == -1 && rcpts);
  memcpy(a->reply, "450 4.7.1 no more", 18);
  return rcpts < 10;
}

int auth_may_send(struct auth_answer const *a, char const *sender)
{
  demand(*a->login);
  return *sender != 'n';
}

/* --- sessions */

static void text(stralloc *sa, char const *s)
{
  demand(stralloc_copyb(sa, s, strlen(s) + 1));
  sa->len--;
}

static void prepare(void)
{
  static struct net_network here;

  if (visit.rules.me.s) return;
  text(&visit.rules.me, "mx.example");
  text(&visit.rules.greeting, "mx.example");
  text(&visit.rules.site.envnoathost, "mx.example");
  text(&visit.rules.localiphost, "mx.example");
  text(&visit.rules.idhost, "mx.example");
  demand(net_network_parse(&here, "192.0.2.1"));
  visit.rules.authclear = (struct networks){ &here, 1 };
  visit.rules.mechanisms = 1U << MECHANISM_PLAIN;
  visit.rules.databytes = 2000;
  visit.rules.maxrcpt = 20;
  visit.rules.brtlimit = 5;
  visit.rules.sessionbytes = 6000;
  visit.rules.sessiontime = 60;
  visit.rules.timeoutsmtpd = 20;
}

/* Each write is a packet, and a read gets one of them: the session sees the cuts. */
static size_t run(char *replies, uint8_t const *data, size_t len, size_t piece)
{
  int pair[2], size = REPLIES;
  size_t done = 0, n;
  ssize_t r;

  demand(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair));
  setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  for (; done < len; done += n) {
    n = len - done < piece ? len - done : piece;
    if (send(pair[1], data + done, n, MSG_DONTWAIT) == -1) break;       /* full: the rest is left out */
  }
  shutdown(pair[1], SHUT_WR);
  in_message = 0;
  visit.rules.relayclient = "";
  visit.in = visit.out = pair[0];
  session_start(&session, &visit);
  session_run(&session);
  close(pair[0]);
  demand(done >= len || piece < 1000);
  for (n = 0; (r = recv(pair[1], replies + n, REPLIES - n, MSG_DONTWAIT)) > 0; n += (size_t)r);
  close(pair[1]);
  return done < len ? 0 : n;
}

/* the time in "ok N qp ID" */
static void blank_times(char *s, size_t len)
{
  char *p = s, *end = s + len;

  while ((p = memmem(p, (size_t)(end - p), " ok ", 4)))
    for (p += 4; p < end && *p >= '0' && *p <= '9'; p++) *p = '0';
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t len)
{
  static char whole[REPLIES], cut[REPLIES];
  size_t a, b, piece;

  if (len < 2 || len > PACKET) return 0;
  prepare();
  visit.rules.protocol = data[0] & SUBMISSION ? RULES_SMTP | RULES_SUBMISSION : RULES_SMTP;
  piece = data[0] & ~SUBMISSION;
  a = run(whole, data + 1, len - 1, PACKET);
  b = run(cut, data + 1, len - 1, piece ? piece : 1);
  if (!b) return 0;
  blank_times(whole, a);
  blank_times(cut, b);
  demand(a == b && !memcmp(whole, cut, a));
  return 0;
}
