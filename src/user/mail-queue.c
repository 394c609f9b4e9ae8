/*
 * mail-queue.c - put one message into the queue: qmail-queue's contract
 *
 * Runs as    whoever calls, without any right of its own
 * Reads      fd 0: the message, LF line ends; then fd 1: the envelope, F sender NUL, T recipient NUL ..., NUL
 * Writes     to mail-queued by the socket run/queue (door/submit.h); nothing to fd 1 and fd 2
 * Trusts     its caller, and mail-queued for the answer
 * If broken  its caller can do what it could do anyway: send mail under its own uid
 * Exits      qmail-queue's codes, in door/submit.h and mail-queue(8); 0 only when the message is safe
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "door/limits.h"
#include "door/submit.h"
#include "lib/priv/priv.h"

#define WAIT_SECONDS 60         /* for mail-queued to be there: a restart takes one or two */
#define LIFE_SECONDS 86400      /* as long as qmail-queue lives */

static struct submit queue;
static char buf[SUBMIT_CHUNK_MAX];

/* The sender and the recipients, as they go on: without the NUL at the end. */
static struct {
  char *s;
  size_t len, size;
  size_t start;                 /* of the record that is coming in */
} envelope;

static _Noreturn void die(int code)
{
  _exit(code);
}

static void late(int sig)
{
  (void)sig;
  _exit(SUBMIT_TIMEOUT);
}

static size_t read_some(int fd)
{
  ssize_t r;

  do r = read(fd, buf, sizeof buf);
  while (r == -1 && errno == EINTR);
  if (r == -1) die(SUBMIT_READ);
  return (size_t)r;
}

/* The first piece is read before mail-queued is called, so that a slow caller costs no process there. */
static void send_message(void)
{
  size_t n = read_some(0);

  if (submit_open(&queue, WAIT_SECONDS)) die(queue.code);
  submit_begin(&queue, "");
  for (; n; n = read_some(0)) submit_data(&queue, buf, n);
}

static void keep(char c)
{
  if (envelope.len == ENVELOPE_BYTES_MAX) die(SUBMIT_LONG);
  if (envelope.len == envelope.size) {
    char *s = realloc(envelope.s, envelope.size ? envelope.size * 2 : 4096);
    if (!s) die(SUBMIT_MEMORY);
    envelope.s = s;
    envelope.size = envelope.size ? envelope.size * 2 : 4096;
  }
  envelope.s[envelope.len++] = c;
}

/* One byte of it. 1 when that was the last. */
static int take(char c)
{
  if (envelope.len == envelope.start) {
    if (!c && envelope.len) return 1;
    if (c != (envelope.len ? 'T' : 'F')) die(SUBMIT_FORMAT);
  }
  else if (c && envelope.len - envelope.start > ADDRESS_MAX) die(SUBMIT_LONG);
  keep(c);
  if (!c) envelope.start = envelope.len;
  return 0;
}

static void read_envelope(void)
{
  size_t n, i;

  for (;;) {
    n = read_some(1);
    if (!n) die(SUBMIT_READ);
    for (i = 0; i < n; i++)
      if (take(buf[i])) return;
  }
}

int main(void)
{
  struct sigaction a = { .sa_handler = late };

  sigemptyset(&a.sa_mask);
  if (sigaction(SIGALRM, &a, 0) == -1) die(SUBMIT_BUG);
  alarm(LIFE_SECONDS);
  /* else the socket could get one of these numbers, and be taken for the envelope */
  if (fcntl(0, F_GETFD) == -1 || fcntl(1, F_GETFD) == -1) die(SUBMIT_READ);
  if (priv_lock(PRIV_UNIX, 0, 0) == -1) die(SUBMIT_CONFIG);
  send_message();
  read_envelope();
  return submit_end(&queue, envelope.s, envelope.len);
}
