/*
 * authenticate.c - a host's answers to AUTH: the first byte says what it offers, how long the password is, and whether
 * mail-tlsd is there, which answers whatever it is asked, and in the end believes the host or not
 */

#include <sys/socket.h>
#include <unistd.h>

#include "door/scram.h"
#include "fuzz.h"
#include "lib/conf/login.h"
#include "lib/io/io.h"
#include "lib/io/packet.h"
#include "lib/io/record.h"
#include "remote/authenticate.h"
#include "remote/tls.h"

enum { SCRAM_OFFERED = 32, BELIEVED = 64, SERVICE = 128 };

static struct session s;
static struct login login = { .name = "me" };

static void tell(int sock, enum scram_status status, char const *text)
{
  struct scram_answer a = { .status = status };
  char buf[SCRAM_RECORD_MAX];
  size_t len;

  memcpy(a.text, text, strlen(text) + 1);
  len = scram_answer_pack(&a, buf);
  demand(len && record_send(sock, buf, len, -1, io_clock() + 1000) == 0);
}

static int service[3];          /* the sockets of mail-rspawn's two sides, and mail-tlsd's */

/* What both will have said when they are asked. */
static void serve(int believed)
{
  int door[2], none = 0;

  demand(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, service) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, door) == 0);
  service[2] = door[1];
  tell(door[1], SCRAM_SAY, "biws");
  tell(door[1], SCRAM_SAY, "Yz1iaXdz");
  if (believed) tell(door[1], SCRAM_PROVEN, "");
  else tell(door[1], SCRAM_UNSOUND, "it is not");
  demand(packet_send(service[1], (char const *)&none, sizeof none, door[0]) == 0);
  close(door[0]);
  starttls_by(service[0]);
}

static void leave(void)
{
  int i;

  starttls_by(-1);
  for (i = 0; i < 3; i++) close(service[i]);
}

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
  s.mechanisms = (data[0] >> 3 & 3) << MECHANISM_PLAIN | (data[0] & SCRAM_OFFERED ? 1U << MECHANISM_SCRAM : 0);
  s.timeout_remote = 1;
  s.deadline = io_clock() + 1000;
  s.why[0] = 0;
  if (data[0] & SERVICE) serve(data[0] & BELIEVED);
  in = authenticate(&s);
  demand(in ? s.reply.code == 235 && s.verified && s.mechanisms : s.why[0] == '4');
  demand(!in || !(data[0] & SCRAM_OFFERED) || !(data[0] & SERVICE) || data[0] & BELIEVED);
  session_drop(&s);
  len = said(pair[1], buf, sizeof buf);
  demand(!len || s.verified);
  sound(buf, len);
  close(pair[1]);
  s.cut = 0;
  if (data[0] & SERVICE) leave();
  return 0;
}
