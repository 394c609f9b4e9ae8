/* authenticate.c - a host's answers to AUTH: the first byte says what it offers, and how long the password is */

#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"
#include "lib/io/io.h"
#include "remote/authenticate.h"

static struct session s;
static struct login login = { .name = "me" };

/* what we said, all of it */
static size_t said(int fd, char *buf, size_t size)
{
  size_t len = 0;
  ssize_t r;

  while ((r = read(fd, buf + len, size - len)) > 0) len += (size_t)r;
  return len;
}

/* whole lines of printable bytes, none too long for a command */
static void sound(char const *buf, size_t len)
{
  size_t i, line = 0;

  demand(!len || (len > 10 && !memcmp(buf, "AUTH ", 5) && !memcmp(buf + len - 2, "\r\n", 2)));
  for (i = 0; i < len; i++) {
    int end = buf[i] == '\r' || buf[i] == '\n';
    demand(end || (buf[i] >= ' ' && buf[i] < 127));
    demand(buf[i] != '\r' || buf[i + 1] == '\n');
    line = buf[i] == '\n' ? 0 : line + 1;
    demand(line < 700 && (line < 512 || memcmp(buf + i + 1 - line, "AUTH ", 5)));
  }
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t len)
{
  static char buf[4096];
  int pair[2], in;

  if (!len || len > 60000 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1) return 0;
  demand(write(pair[1], data + 1, len - 1) == (ssize_t)len - 1 && shutdown(pair[1], SHUT_WR) == 0);
  demand(io_nonblock(pair[0]) == 0);
  memset(login.password, 'p', sizeof login.password - 1);
  login.password[data[0] | 1] = 0;
  s.fd = pair[0];
  s.login = &login;
  s.verified = (data[0] & 7) != 7;
  s.mechanisms = data[0] >> 3 & 3;
  s.timeout_remote = 1;
  s.deadline = io_clock() + 1000;
  s.why[0] = 0;
  in = authenticate(&s);
  demand(in ? s.reply.code == 235 && s.verified && s.mechanisms : s.why[0] == '4');
  session_drop(&s);
  len = said(pair[1], buf, sizeof buf);
  demand(!len || s.verified);
  sound(buf, len);
  close(pair[1]);
  s.cut = 0;
  return 0;
}
