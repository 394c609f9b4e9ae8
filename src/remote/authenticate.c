/* authenticate.c - see authenticate.h */

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/io/io.h"
#include "lib/smtp/base64.h"
#include "remote/authenticate.h"

#define COMMAND_MAX 512         /* bytes of a line with its end (RFC 5321 4.5.3.1.4); responses may be longer */
#define PLAIN_MAX (2 + SMTPAUTH_LOGIN_MAX + SMTPAUTH_PASSWORD_MAX)
#define START "AUTH PLAIN "
#define BARRED 60000            /* ms that a login is left alone after a refusal */

enum { PLAIN = 1, LOGIN = 2 };

unsigned int authenticate_mechanism(char const *s, size_t len)
{
  if (len != 5) return 0;
  return !strncasecmp(s, "PLAIN", len) ? PLAIN : !strncasecmp(s, "LOGIN", len) ? LOGIN : 0;
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

static void put(struct session *s, char const *start, char const *bytes, size_t len)
{
  char text[BASE64_MAX_OF(PLAIN_MAX)];

  base64_text(text, bytes, len);
  session_text(s, start, text, "\r\n", (char *)0);
}

/* The response goes along with the command, where that may be as long. */
static int plain(struct session *s)
{
  char response[PLAIN_MAX];
  size_t name = strlen(s->login->name), password = strlen(s->login->password), len = 2 + name + password;
  int whole = sizeof START + 1 + BASE64_MAX_OF(len) - 1 <= COMMAND_MAX;

  response[0] = response[1 + name] = 0;
  memcpy(response + 1, s->login->name, name);
  memcpy(response + 2 + name, s->login->password, password);
  if (!whole) {
    session_text(s, "AUTH PLAIN\r\n", (char *)0);
    if (!answered(s, 334)) return 0;
  }
  put(s, whole ? START : "", response, len);
  return answered(s, 235);
}

static int login(struct session *s)
{
  session_text(s, "AUTH LOGIN\r\n", (char *)0);
  if (!answered(s, 334)) return 0;
  put(s, "", s->login->name, strlen(s->login->name));
  if (!answered(s, 334)) return 0;
  put(s, "", s->login->password, strlen(s->login->password));
  return answered(s, 235);
}

int authenticate(struct session *s)
{
  if (!s->verified) {
    snprintf(s->why, sizeof s->why, "4.7.5 %s has not shown who it is: it gets no password", s->name);
    return 0;
  }
  if (s->mechanisms & PLAIN) return plain(s);
  if (s->mechanisms & LOGIN) return login(s);
  snprintf(s->why, sizeof s->why, "4.7.4 %s does not offer AUTH" TOLD_END " PLAIN or LOGIN, which control/smtpauth "
           "wants", s->name);
  return 0;
}
