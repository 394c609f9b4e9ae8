/* talk.c - see talk.h */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "auth/talk.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/packet.h"
#include "lib/smtp/base64.h"

#define START_MS 20000          /* mail-smtpd calls when it has something to say */

static int client;
static unsigned int idle;
static struct auth_request in;          /* the start stays in it; responses have another one */
static struct auth_request response;
static struct auth_answer out;
static char buf[AUTH_RECORD_MAX];
static char const *login = "";

static void say(void)
{
  size_t len = auth_answer_pack(&out, buf);

  if (!len || packet_send(client, buf, len, -1) == -1) _exit(0);        /* the session is gone */
}

/* The next record: 1, or 0 when it is none of the kind; the process ends where mail-smtpd does, or is silent. */
static int hear(struct auth_request *r, enum auth_request_kind kind, int milliseconds)
{
  ssize_t len = io_wait(client, POLLIN, milliseconds) == 1 ? packet_recv(client, buf, sizeof buf, 0) : 0;
  int sound;

  if (len == 0 || (len == -1 && errno != EPROTO)) _exit(0);
  sound = len > 0 && auth_request_unpack(r, buf, (size_t)len) && r->kind == kind;
  explicit_bzero(buf, len > 0 ? (size_t)len : 0);
  return sound;
}

struct auth_start const *talk_start(int fd, unsigned int seconds)
{
  client = fd;
  idle = seconds;
  if (hear(&in, AUTH_START, START_MS)) return &in.start;
  log_line("error: a start of mail-smtpd's was not understood");
  _exit(0);
}

/* base64, as the client sent it */
static size_t decode(char *line, unsigned char message[TALK_MAX + 1])
{
  size_t len;
  int sound = base64_decode(line, strlen(line), message, TALK_MAX, &len);

  explicit_bzero(line, strlen(line));
  if (!sound) talk_malformed("not base64");
  message[len] = 0;
  return len;
}

size_t talk_ask(unsigned char const *challenge, size_t len, unsigned char message[TALK_MAX + 1])
{
  out.kind = AUTH_CHALLENGE;
  base64_encode(out.challenge, challenge, len);
  say();
  if (!hear(&response, AUTH_RESPONSE, (int)idle * 1000)) {
    log_line("error: a response of mail-smtpd's was not understood");
    _exit(0);
  }
  if (!strcmp(response.line, "*")) talk_end(AUTH_NO, "501 5.7.0 cancelled", "cancelled by the client");
  return decode(response.line, message);
}

size_t talk_first(unsigned char message[TALK_MAX + 1])
{
  if (!(in.start.flags & AUTH_INITIAL)) return talk_ask((unsigned char const *)"", 0, message);
  if (!strcmp(in.start.initial, "=")) in.start.initial[0] = 0;
  return decode(in.start.initial, message);
}

void talk_login(char const *name)
{
  login = name;
}

static void end(enum auth_status status, char const *reply)
{
  memset(&out, 0, sizeof out);
  out.kind = AUTH_END;
  out.status = status;
  snprintf(out.reply, sizeof out.reply, "%s", reply);
}

static void tell(char const *what, char const *name)
{
  log_start();
  log_text(what);
  log_field("ip", in.start.ip);
  log_field("login", name);
  log_field("mechanism", in.start.mechanism);
}

_Noreturn void talk_end(enum auth_status status, char const *reply, char const *reason)
{
  tell(status == AUTH_NO ? "auth failed" : "auth delayed", login);
  log_text(": ");
  log_text(reason);
  log_end();
  end(status, reply);
  say();
  _exit(0);
}

_Noreturn void talk_malformed(char const *reason)
{
  talk_end(AUTH_NO, "501 5.5.2 malformed authentication exchange", reason);
}

void talk_welcome(char const *name, char const *senders)
{
  tell("auth ok", name);
  log_end();
  end(AUTH_YES, "235 2.7.0 authentication succeeded");
  snprintf(out.login, sizeof out.login, "%s", name);
  snprintf(out.senders, sizeof out.senders, "%s", senders);
  say();
}

unsigned int talk_count(void)
{
  if (hear(&response, AUTH_COUNT, -1)) return response.rcpts;
  log_line("error: a count of mail-smtpd's was not understood");
  _exit(0);
}

void talk_counted(enum auth_status status, char const *reply)
{
  end(status, reply);
  say();
}
