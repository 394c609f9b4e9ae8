/*
 * session.c - whole sessions from random bytes: never a crash, always an answer, and the queue gets only what it may
 *
 * A dialogue is a row of pieces, most of them sensible. It is written into a socket at once or in two parts, the
 * session runs over it to its end, and the same bytes must give the same replies however they were cut. A
 * child plays the queue service: it takes every message and dies when one has a CR or a NUL in it.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "in/session.h"
#include "lib/io/io.h"
#include "unit.h"

#define DIALOGUES 500
#define SIZE 60000

static struct { char const *s; size_t len; } const pieces[] = {
#define P(s) { s, sizeof s - 1 }
  P("EHLO c.example\r\n"), P("HELO x\r\n"), P("MAIL FROM:<a@b.example>\r\n"),
  P("MAIL FROM:<> SIZE=10 BODY=8BITMIME\r\n"),
  P("MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"), P("RCPT TO:<c@d.example>\r\n"), P("DATA\r\n"),
  P("MAIL FROM:<a@b> RET=FULL ENVID=x+2By\r\n"), P("RCPT TO:<c@d> NOTIFY=FAILURE,DELAY ORCPT=rfc822;c@d\r\n"),
  P("MAIL FROM:<\xc3\xb6@b> SMTPUTF8\r\n"), P("RCPT TO:<\xc3\xb6@\xc3\xbc> ORCPT=utf-8;\xc3\xb6\r\n"),
  P("MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nBDAT 8\r\na: b\r\n\r\n"), P("BDAT 6\r\nfirst\r"),
  P("BDAT 7 LAST\r\n\nlast\r\n"), P("BDAT 0 LAST\r\n"), P("BDAT 0\r\n"),
  P("BDAT 20000 LAST\r\n"), P("BDAT 6 LAST\r\nlone\ra"),
  P("BDAT 5\r\n.\r\nx\n"), P("BDAT\r\n"), P("BDAT 99999999999999999999\r\n"),
  P("RCPT TO:<c@d> ORCPT=rfc822;+0A\r\n"),
  P("RCPT TO:<\"q\\\" q\"@[192.0.2.1]>\r\n"), P("RSET\r\n"), P("NOOP x\r\n"), P("VRFY x\r\n"),
  P("HELP\r\n"), P("EXPN y\r\n"),
  P("Subject: x\r\n\r\ntext\r\n"), P("..dots\r\n"), P(".one\r\n"), P("Received: x\r\n"), P("\r\n.\r\n"), P(".\r\n"),
  P("\r\n"), P("\n"), P("\r"), P("."), P("\0"), P("\xff\x80"), P("<"), P(">"), P("@"), P("MAIL FROM:"),
  P("\n.\r\n"), P("\r\n.\n"), P("QUIT\r\n"), P("STARTTLS\r\n"), P("AUTH PLAIN AGEAYg==\r\n"), P("*\r\n"),
};

static char bytes[SIZE], answers[2][SIZE * 4];
static struct session session;
static struct visit visit = { .orders = -1 };

static size_t make_dialogue(void)
{
  size_t len = 0, n = (size_t)random() % 30;

  while (n--) {
    size_t i = (size_t)random() % (sizeof pieces / sizeof *pieces), times = random() % 40 ? 1 : (size_t)random() % 2000;
    for (; times-- && len + pieces[i].len < SIZE; len += pieces[i].len) memcpy(bytes + len, pieces[i].s, pieces[i].len);
  }
  return len;
}

/* --- the queue service */

static int take(int fd, char *to, size_t len)
{
  if (io_read(fd, to, len) == (ssize_t)len) return 1;
  _exit(0);
}

static size_t take_length(int fd)
{
  unsigned char b[4];

  take(fd, (char *)b, 4);
  return (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
}

static void serve(int fd)
{
  static char chunk[SUBMIT_CHUNK_MAX];
  char head[2];
  size_t n;

  take(fd, head, 1);
  for (;;) {
    take(fd, head, 2);
    if (head[0] != 'M' || head[1]) _exit(1);
    while ((n = take_length(fd)) && n != SUBMIT_ABORT) {
      if (n > sizeof chunk) _exit(1);
      take(fd, chunk, n);
      if (memchr(chunk, '\r', n) || memchr(chunk, 0, n)) _exit(1);
    }
    if (n == SUBMIT_ABORT) continue;
    n = take_length(fd);
    if (!n || n > sizeof chunk) _exit(1);
    take(fd, chunk, n);
    if (chunk[0] != 'F' || chunk[n - 1] || io_write(fd, "\0\032" "00000000000000000000000001", 28) == -1) _exit(1);
  }
}

static pid_t start_queue(int *fd)
{
  int pair[2];
  pid_t pid;

  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1) return -1;
  pid = fork();
  if (!pid) {
    close(pair[0]);
    serve(pair[1]);
  }
  close(pair[1]);
  *fd = pair[0];
  return pid;
}

/* --- one session over len bytes, the first cut of them in a piece of their own; the answers go to out */

static pid_t start_client(int *fd, size_t len, size_t cut)
{
  int pair[2];
  pid_t pid;

  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1) return -1;
  *fd = pair[0];
  if (!cut) {           /* they fit into the socket */
    io_write(pair[1], bytes, len);
    shutdown(pair[1], SHUT_WR);
    return pair[1];
  }
  pid = fork();
  if (!pid) {
    close(pair[0]);
    io_write(pair[1], bytes, cut);
    usleep(500);
    io_write(pair[1], bytes + cut, len - cut);
    shutdown(pair[1], SHUT_WR);
    _exit(0);
  }
  return pid == -1 ? -1 : pair[1];
}

static size_t run(char *out, size_t len, size_t cut, int *queue_status)
{
  int fd = -1, queue = -1, theirs, status;
  pid_t service = start_queue(&queue);
  ssize_t got;

  theirs = start_client(&fd, len, cut);
  visit.in = visit.out = fd;
  session_start(&session, &visit);
  session.c.gate.own = 1;
  session.c.gate.wait = 0;
  submit_start(&session.c.queue.submit, queue);
  session_run(&session);
  close(fd);
  got = io_read(theirs, out, SIZE * 4);
  close(theirs);
  waitpid(service, queue_status, 0);
  while (wait(&status) > 0);
  return got < 0 ? 0 : (size_t)got;
}

/* time and id of "ok N qp ID" differ from run to run */
static void blank_times(char *s, size_t len)
{
  char *p = s, *end = s + len;

  while ((p = memmem(p, (size_t)(end - p), " ok ", 4)))
    for (p += 4; p < end && *p >= '0' && *p <= '9'; p++) *p = '0';
}

static int replies_ok(char const *s, size_t len)
{
  char const *end = s + len;

  while (s < end) {
    char const *lf = memchr(s, '\n', (size_t)(end - s));
    if (!lf || lf - s < 4 || lf - s > 511 || lf[-1] != '\r' || !strchr("2345", *s)) return 0;
    for (; s < lf - 1; s++) if (*s < 32 || *s > 126) return 0;
    s = lf + 1;
  }
  return len > 0;
}

static void text(stralloc *sa, char const *s)
{
  stralloc_copyb(sa, s, strlen(s) + 1);
  sa->len--;
}

static void make_rules(void)
{
  text(&visit.rules.me, "mx.example");
  text(&visit.rules.greeting, "mx.example");
  text(&visit.rules.site.envnoathost, "mx.example");
  text(&visit.rules.localiphost, "mx.example");
  visit.rules.relayclient = "";
  visit.rules.databytes = 20000;
  visit.rules.maxrcpt = 50;
  visit.rules.brtlimit = 20;
  visit.rules.sessionbytes = 100000;
  visit.rules.sessiontime = 60;
  visit.rules.timeoutsmtpd = 20;
}

int main(void)
{
  int i, sound = 1, same = 1, clean = 1, queue = open("/dev/null", O_WRONLY);

  make_rules();
  dup2(queue, 2);       /* the log of a thousand sessions; a sanitizer's report shows in the exit status */
  srandom(7);
  for (i = 0; i < DIALOGUES && sound && same && clean; i++) {
    size_t len = make_dialogue(), cut = len ? (size_t)random() % len : 0;
    int first, second;
    size_t a = run(answers[0], len, 0, &first), b = run(answers[1], len, cut, &second);
    blank_times(answers[0], a);
    blank_times(answers[1], b);
    sound = replies_ok(answers[0], a);
    same = a == b && !memcmp(answers[0], answers[1], a);
    clean = !first && !second;
  }
  check("every reply is a line of its form", sound);
  check("cutting the bytes elsewhere changes nothing", same);
  check("the queue service gets messages without CR and NUL", clean);
  return unit_end();
}
