/* authenticate.c - see authenticate.h */

#include <stdio.h>
#include <string.h>

#include "door/scram.h"
#include "lib/conf/login.h"
#include "lib/io/io.h"
#include "lib/smtp/base64.h"
#include "remote/authenticate.h"
#include "remote/tls.h"

#define COMMAND_MAX 512         /* bytes of a line with its end (RFC 5321 4.5.3.1.4); responses may be longer */
#define PLAIN_MAX (2 + SMTPAUTH_LOGIN_MAX + SMTPAUTH_PASSWORD_MAX)
#define BARRED 60000            /* ms that a login is left alone after a refusal */

_Static_assert(SMTPAUTH_LOGIN_MAX <= SCRAM_LOGIN_MAX && SMTPAUTH_PASSWORD_MAX <= SCRAM_PASSWORD_MAX, "a login fits");

static int offers(struct session const *s, enum mechanism m)
{
  return (s->mechanisms >> m & 1) != 0;
}

/* The next attempt would not be better, and some hosts lock out who makes too many. */
static void bar(struct session *s)
{
  s->login->barred = io_clock() + BARRED;
}

/* Sends what is to be sent. Is this the answer? */
static int answered(struct session *s, unsigned int want)
{
  unsigned int code;

  session_flush(s);
  code = session_reply(s, WAIT_AUTH, "AUTH");
  if (code == want || !code) return code != 0;
  if (code < 400) {
    session_out_of_step(s, "AUTH");
    return 0;
  }
  session_tell(s, "AUTH", RESULT_LATER, s->why);
  if (code == 535) {
    memcpy(s->why, "4.7.8", 5); /* whatever status it has */
    bar(s);
  }
  return 0;
}

/* The first response goes along with the command, where that may be as long. 0 when the host will not hear it. */
static int begin(struct session *s, char const *mechanism, char const *response)
{
  size_t len = strlen("AUTH ") + strlen(mechanism) + 1 + strlen(response) + 2;
  int whole = len <= COMMAND_MAX;

  session_text(s, "AUTH ", mechanism, whole ? " " : "\r\n", (char *)0);
  if (!whole && !answered(s, 334)) return 0;
  session_text(s, response, "\r\n", (char *)0);
  return 1;
}

static int plain(struct session *s)
{
  char bytes[PLAIN_MAX], response[BASE64_SIZE(PLAIN_MAX)];
  size_t name = strlen(s->login->name), password = strlen(s->login->password);

  bytes[0] = bytes[1 + name] = 0;
  memcpy(bytes + 1, s->login->name, name);
  memcpy(bytes + 2 + name, s->login->password, password);
  base64_encode(response, bytes, 2 + name + password);
  return begin(s, "PLAIN", response) && answered(s, 235);
}

static void put(struct session *s, char const *text)
{
  char response[BASE64_SIZE(SMTPAUTH_LOGIN_MAX > SMTPAUTH_PASSWORD_MAX ? SMTPAUTH_LOGIN_MAX : SMTPAUTH_PASSWORD_MAX)];

  base64_encode(response, text, strlen(text));
  session_text(s, response, "\r\n", (char *)0);
}

static int login(struct session *s)
{
  session_text(s, "AUTH LOGIN\r\n", (char *)0);
  if (!answered(s, 334)) return 0;
  put(s, s->login->name);
  if (!answered(s, 334)) return 0;
  put(s, s->login->password);
  return answered(s, 235);
}

/* --- SCRAM: mail-tlsd knows what to say, and whether what the host said is as it has to be */

static int challenged(struct session *s)
{
  if (answered(s, 334)) return 1;
  if (s->reply.state == REPLY_DONE && s->reply.code == 235)
    snprintf(s->why, sizeof s->why, "4.7.0 %s has not shown that it knows the password, and takes any", s->name);
  return 0;
}

/* The exchange ends here. The host is told (RFC 4954 section 4), whatever it says to that. */
static int give_up(struct session *s, struct scram_answer const *a)
{
  session_text(s, "*\r\n", (char *)0);
  session_flush(s);
  session_reply(s, WAIT_AUTH, "AUTH");
  if (a->status == SCRAM_REFUSED) {
    snprintf(s->why, sizeof s->why, "4.7.8 %s refuses the login: %.150s", s->name, a->text);
    bar(s);
  }
  else if (a->status == SCRAM_UNSOUND)
    snprintf(s->why, sizeof s->why, "4.7.0 %s failed at SCRAM-SHA-256: %.150s", s->name, a->text);
  else snprintf(s->why, sizeof s->why, "4.7.0 no login at %s now" TOLD_END ": %.150s", s->name, a->text);
  return 0;
}

/* a: what to say first */
static int exchange(struct session *s, int sock, struct scram_answer *a)
{
  if (!begin(s, "SCRAM-SHA-256", a->text) || !challenged(s)) return 0;
  scram_go_on(sock, s->reply.text, starttls_seconds(s), a);
  if (a->status != SCRAM_SAY) return give_up(s, a);
  session_text(s, a->text, "\r\n", (char *)0);
  if (!challenged(s)) return 0;
  scram_go_on(sock, s->reply.text, starttls_seconds(s), a);
  if (a->status != SCRAM_PROVEN) return give_up(s, a);
  session_text(s, "\r\n", (char *)0);
  return answered(s, 235);
}

/* As authenticate; or -1 when nothing has been said to the host, since it cannot be done here (why is set). */
static int scram(struct session *s)
{
  struct scram_answer a = { .status = SCRAM_LATER, .text = "the TLS service is not there" };
  int sock = starttls_service(), r = -1;

  if (sock != -1) scram_begin(sock, s->login->name, s->login->password, starttls_seconds(s), &a);
  if (a.status == SCRAM_SAY) r = exchange(s, sock, &a);
  else snprintf(s->why, sizeof s->why, "4.7.4 no SCRAM-SHA-256 with %s now" TOLD_END ": %.150s", s->name, a.text);
  io_close_keep(sock);
  return r;
}

int authenticate(struct session *s)
{
  int r = -1;

  if (!s->verified) {
    snprintf(s->why, sizeof s->why, "4.7.5 %s has not shown who it is: it gets no password", s->name);
    return 0;
  }
  if (offers(s, MECHANISM_SCRAM)) r = scram(s);
  else snprintf(s->why, sizeof s->why, "4.7.4 %s does not offer AUTH" TOLD_END " SCRAM-SHA-256, PLAIN or LOGIN, which "
                "control/smtpauth wants", s->name);
  if (r != -1) return r;
  if (offers(s, MECHANISM_PLAIN)) return plain(s);
  return offers(s, MECHANISM_LOGIN) ? login(s) : 0;
}
