/*
 * session.c - the SMTP server: whole sessions over the input, twice
 *
 * The first byte says where the input is cut into packets: once nowhere, once everywhere by that length; the replies must
 * be the same. The door to the queue is this file's own: what comes through it must hold no CR and no NUL.
 */

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"
#include "in/session.h"

#define PACKET 16384            /* WIRE_IN holds it behind the rest of a line */
#define REPLIES 1000000

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

static void text(stralloc *sa, char const *s)
{
  demand(stralloc_copyb(sa, s, strlen(s) + 1));
  sa->len--;
}

static void prepare(void)
{
  if (visit.rules.me.s) return;
  text(&visit.rules.me, "mx.example");
  text(&visit.rules.greeting, "mx.example");
  text(&visit.rules.site.envnoathost, "mx.example");
  text(&visit.rules.localiphost, "mx.example");
  visit.rules.relayclient = "";
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
  size_t a, b;

  if (len < 2 || len > PACKET) return 0;
  prepare();
  a = run(whole, data + 1, len - 1, PACKET);
  b = run(cut, data + 1, len - 1, data[0] ? data[0] : 1);
  if (!b) return 0;
  blank_times(whole, a);
  blank_times(cut, b);
  demand(a == b && !memcmp(whole, cut, a));
  return 0;
}
