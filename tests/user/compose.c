/* compose.c - mail-inject's header treatment under sanitizers: damaged headers end well, or with 100 */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/addr/list.h"
#include "unit.h"
#include "user/compose.h"

static char const message[] =
  "From joe Mon Jan 1\n"
  "Return-Path: <l-@h.i-@[]>\n"
  "Received: from a\n\tby b; now\n"
  "From: \"Joe Q.\" <joe@a.b>\n"
  "To: G: a@b.c, <@x,@y:d@e>;, \"f\\\"g\"@[1.2.3.4] (c(d)e),\n\tb@c d@e\n"
  "Cc:\nBcc: x, <y>\n"
  "Resent-To: r s <t@u>\n"
  "Sender : s\n"
  "Subject: \303\266\n"
  "\nbody: x\n";

static struct compose compose;
static struct input input;

/* Runs in a child, since errors end the program. Its exit code: 0, 100, or 1 when what comes out is not right. */
static int run(char const *s, size_t len)
{
  size_t i;
  int p[2];

  if (pipe(p) == -1 || write(p[1], s, len) != (ssize_t)len) return 2;
  close(p[1]);
  input.fd = p[0];
  compose.wants_rcpts = 1;
  compose_read(&compose, &input);
  compose_finish(&compose);
  if (!compose.header.len || compose.header.s[compose.header.len - 1] != '\n') return 1;
  if (memchr(compose.header.s, 0, compose.header.len) || memchr(compose.header.s, '\r', compose.header.len)) return 1;
  for (i = 1; i < compose.header.len; i++)      /* an empty line would end the header too early */
    if (compose.header.s[i] == '\n' && compose.header.s[i - 1] == '\n') return 1;
  return compose.header.s[0] == '\n' || compose.header.s[0] == ' ';
}

static int status_of(char const *s, size_t len)
{
  int status;
  pid_t pid = fork();

  if (!pid) _exit(run(s, len));
  return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void mutations(void)
{
  static char const bytes[] = "<>@,;:.\"()[]\\ \n\t\r\001\377-Rr";
  size_t const len = sizeof message - 1;
  char s[sizeof message + 8];
  unsigned int seed = 3, round, good = 0, refused = 0, bad = 0;

  for (round = 0; round < 500; round++) {
    unsigned int times = 1 + round % 4;
    int r;
    memcpy(s, message, len);
    while (times--) {
      size_t at;
      seed = seed * 1103515245 + 12345;
      at = (seed >> 8) % len;
      seed = seed * 1103515245 + 12345;
      s[at] = bytes[(seed >> 16) % sizeof bytes];
    }
    r = status_of(s, len);
    good += r == 0;
    refused += r == 100;
    if (r != 0 && r != 100) {
      bad++;
      printf("# round %u: %d\n", round, r);
    }
  }
  check("damaged headers are composed or refused", !bad && good > 30 && refused > 30);
  for (round = bad = 0; round < len; round += 7) {
    int r = status_of(message, round);
    bad += r != 0 && r != 100;
  }
  check("cut messages too", !bad);
}

int main(void)
{
  int null = open("/dev/null", O_WRONLY);

  setenv("QMAILDEFAULTHOST", "host.example.org", 1);
  setenv("QMAILDEFAULTDOMAIN", "example.org", 1);
  setenv("QMAILPLUSDOMAIN", "example.org", 1);
  setenv("QMAILIDHOST", "host.example.org", 1);
  setenv("USER", "joe", 1);
  check("the message as it is", status_of(message, sizeof message - 1) == 0);
  if (!getenv("SHOW")) dup2(null, 2);
  mutations();
  return unit_end();
}
