/*
 * bodies-smtp.c PORT LEDGER FIRST STEP END - bodies FIRST, FIRST + STEP ... below END to the SMTP server on 127.0.0.1
 *
 * Each is one transaction from s<N>@load.example to x@sink.example: 250 or 550 to its end, as the reference says.
 * LEDGER gets what a receiver must get for each that was taken. A body that holds its own end is followed by bytes that
 * the server has to take for commands: it gets a session of its own. Prints how many were taken and refused.
 */

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bodies.h"

#define PER_SESSION 120         /* messages, so that no budget of a session is reached */

static struct sockaddr_in server = { .sin_family = AF_INET };
static int fd = -1;
static char in[65536];
static size_t in_at, in_len;
static unsigned int messages;   /* in this session */

static _Noreturn void die(char const *what, unsigned long n)
{
  printf("body %lu: %s; last: %.*s\n", n, what, (int)in_len, in);
  exit(1);
}

static int byte(void)
{
  if (in_at == in_len) {
    ssize_t r = read(fd, in, sizeof in);
    if (r <= 0) return -1;
    in_at = 0;
    in_len = (size_t)r;
  }
  return (unsigned char)in[in_at++];
}

/* the code of the next reply; 0 when the connection ends */
static int reply(void)
{
  char line[2048];

  do {
    size_t len = 0;
    int c = 0;
    while (len < sizeof line - 1 && c != '\n') {
      c = byte();
      if (c == -1) return 0;
      line[len++] = (char)c;
    }
    line[len] = 0;
  } while (strlen(line) > 3 && line[3] == '-');
  return atoi(line);
}

static void put(char const *s, size_t len)
{
  while (len) {
    ssize_t r = send(fd, s, len, MSG_NOSIGNAL);
    if (r <= 0) return;         /* the reply that is missing then tells */
    s += r;
    len -= (size_t)r;
  }
}

static void hang_up(void)
{
  if (fd != -1) close(fd);
  fd = -1;
}

static void call(unsigned long n)
{
  int on = 1;

  fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  in_at = in_len = 0;
  messages = 0;
  if (fd == -1 || connect(fd, (struct sockaddr *)&server, sizeof server) == -1) die("no connection", n);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (reply() != 220) die("no greeting", n);
  put("EHLO load.example\r\n", 19);
  if (reply() != 250) die("no EHLO", n);
}

/* MAIL, RCPT, DATA; the message's bytes only after 354 */
static void envelope(unsigned long n)
{
  char s[200];
  int len = snprintf(s, sizeof s, "MAIL FROM:<s%lu@load.example>\r\nRCPT TO:<x@sink.example>\r\nDATA\r\n", n);

  put(s, (size_t)len);
  if (reply() != 250 || reply() != 250 || reply() != 354) die("no 250, 250, 354", n);
}

/* One body: 1 taken, 0 refused. */
static int one(unsigned long n, FILE *ledger)
{
  char s[BODY_STREAM];
  size_t len = body_make(s, n);
  struct body_reference want;
  int code, alone;

  memcpy(s + len, BODY_END_MARK, 5);
  len += 5;
  want = body_refer(s, len, 1);
  alone = want.used < len;
  if (alone || messages == PER_SESSION) hang_up();
  if (fd == -1) call(n);
  messages++;
  envelope(n);
  put(s, len);
  code = reply();
  if (code != (want.bad ? 550 : 250)) die(want.bad ? "no 550" : "no 250", n);
  if (alone) {
    shutdown(fd, SHUT_WR);
    while ((code = reply()))
      if (code < 400) die("bytes behind the message were taken for a good command", n);
    hang_up();
  }
  if (want.bad) return 0;
  body_expect(ledger, "s", n, want.text, want.len);
  return 1;
}

int main(int argc, char **argv)
{
  unsigned long n, end, step, taken = 0, refused = 0;
  FILE *ledger;

  if (argc != 6) return 100;
  server.sin_port = htons((unsigned short)atoi(argv[1]));
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ledger = fopen(argv[2], "w");
  step = strtoul(argv[4], 0, 10);
  end = strtoul(argv[5], 0, 10);
  if (!ledger || !step) return 111;
  for (n = strtoul(argv[3], 0, 10); n < end; n += step)
    if (one(n, ledger)) taken++;
    else refused++;
  if (fclose(ledger)) return 111;
  printf("taken %lu refused %lu\n", taken, refused);
  return 0;
}
