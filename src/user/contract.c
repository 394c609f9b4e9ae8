/* contract.c - see contract.h */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "door/limits.h"
#include "door/submit.h"
#include "user/contract.h"

#define LIFE_SECONDS 86400      /* as long as qmail-queue lives */

static struct {
  char *s;
  size_t len, size;
  size_t start;                 /* of the record that is coming in */
} envelope;

_Noreturn void contract_end(int code)
{
  _exit(code);
}

static void late(int sig)
{
  (void)sig;
  _exit(SUBMIT_TIMEOUT);
}

void contract_start(void)
{
  struct sigaction a = { .sa_handler = late };

  sigemptyset(&a.sa_mask);
  if (sigaction(SIGALRM, &a, 0) == -1) contract_end(SUBMIT_BUG);
  alarm(LIFE_SECONDS);
  /* else what is opened later could get one of these numbers, and be taken for the envelope */
  if (fcntl(0, F_GETFD) == -1 || fcntl(1, F_GETFD) == -1) contract_end(SUBMIT_READ);
}

static size_t read_some(int fd, char *s, size_t size)
{
  ssize_t r;

  do r = read(fd, s, size);
  while (r == -1 && errno == EINTR);
  if (r == -1) contract_end(SUBMIT_READ);
  return (size_t)r;
}

size_t contract_message(char *s, size_t size)
{
  return read_some(0, s, size);
}

static void keep(char c)
{
  if (envelope.len == ENVELOPE_BYTES_MAX) contract_end(SUBMIT_LONG);
  if (envelope.len == envelope.size) {
    char *s = realloc(envelope.s, envelope.size ? envelope.size * 2 : 4096);
    if (!s) contract_end(SUBMIT_MEMORY);
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
    if (c != (envelope.len ? 'T' : 'F')) contract_end(SUBMIT_FORMAT);
  }
  else if (c && envelope.len - envelope.start > ADDRESS_MAX) contract_end(SUBMIT_LONG);
  keep(c);
  if (!c) envelope.start = envelope.len;
  return 0;
}

void contract_envelope(struct contract_envelope *e)
{
  char buf[4096];
  size_t n, i;
  int last = 0;

  while (!last) {
    n = read_some(1, buf, sizeof buf);
    if (!n) contract_end(SUBMIT_READ);
    for (i = 0; i < n && !last; i++) last = take(buf[i]);
  }
  *e = (struct contract_envelope){ envelope.s, envelope.len };
}
