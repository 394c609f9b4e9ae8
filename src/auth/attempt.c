/* attempt.c - see attempt.h */

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "auth/attempt.h"
#include "auth/checkpassword.h"
#include "auth/dovecot.h"
#include "auth/file.h"
#include "auth/prep.h"
#include "auth/rights.h"
#include "auth/scram.h"
#include "auth/talk.h"
#include "auth/tell.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/smtp/base64.h"

#define NONCE 18                /* bytes of ours, before base64 */

static struct attempt const *a;
static struct auth_start const *start;
static unsigned char message[TALK_MAX + 1];
static char login[AUTH_LOGIN_MAX + 1];          /* as the client has it; in the end as the source has it */
static struct tell tell;        /* whose the attempt is */

/* --- ends */

static void over(enum throttle_end end)
{
  tell.kind = TELL_OVER;
  tell.end = end;
  tell_say(a->parent, &tell);
}

static _Noreturn void fail(char const *reason)
{
  over(THROTTLE_WRONG);
  talk_end(AUTH_NO, "535 5.7.8 authentication failed", reason);
}

static _Noreturn void later(char const *reason)
{
  over(THROTTLE_NEITHER);
  talk_end(AUTH_LATER, "454 4.7.0 temporary authentication failure", reason);
}

/* Who it is is known: may it be looked at now? */
static void admit(void)
{
  struct told told;
  char text[100];

  talk_login(login);
  if (!prep_login_ok(login)) talk_end(AUTH_NO, "535 5.7.8 authentication failed", "no name that a login may have");
  snprintf(tell.ip, sizeof tell.ip, "%s", start->ip);
  memcpy(tell.login, login, sizeof login);
  prep_fold(tell.login);
  tell.local = (start->flags & AUTH_LOCAL) != 0;
  tell.kind = TELL_TRY;
  if (tell_ask(a->parent, &tell, &told) == -1)
    talk_end(AUTH_LATER, "454 4.7.0 temporary authentication failure", "mail-authd is gone");
  if (!told.wait) return;
  snprintf(text, sizeof text, "454 4.7.0 too many failed logins, try again in %u seconds", told.wait);
  talk_end(AUTH_LATER, text, "too many failed logins");
}

/* --- PLAIN and LOGIN */

static enum verdict check(char const *password, char const **why)
{
  int secure = (start->flags & AUTH_SECURE) != 0;

  if (a->backend == BACKEND_FILE) return file_check(&a->file, tell.login, password, why);
  *why = "who knows the passwords cannot say now";
  if (a->source == -1) return VERDICT_LATER;    /* the parent has told why */
  if (a->backend == BACKEND_DOVECOT) return dovecot_check(a->source, start->ip, secure, login, password, a->seconds);
  return checkpassword_ask(a->source, start->ip, login, password, a->seconds);
}

static void judge(char const *password)
{
  char const *why;
  enum verdict v;

  if (!prep_password_ok(password)) fail("no password that may be: too long, not UTF-8, or a control character");
  v = check(password, &why);
  explicit_bzero(message, sizeof message);
  if (v == VERDICT_LATER) later(why);
  if (v == VERDICT_UNKNOWN) fail("unknown login");
  if (v == VERDICT_WRONG) fail("wrong password");
}

static void take_login(char const *s, size_t len)
{
  if (!len || memchr(s, 0, len)) talk_malformed("an empty login, or one with a NUL byte");
  snprintf(login, sizeof login, "%s", s);
  if (len > AUTH_LOGIN_MAX) talk_malformed("a login that is too long");
}

/* [AUTHZID] NUL LOGIN NUL PASSWORD (RFC 4616) */
static void plain(void)
{
  size_t len = talk_first(message);
  char *as = (char *)message, *end = as + len, *name, *password;

  name = memchr(as, 0, len);
  password = name ? memchr(name + 1, 0, (size_t)(end - name - 1)) : 0;
  if (!password || memchr(password + 1, 0, (size_t)(end - password - 1)))
    talk_malformed("not two NUL bytes in PLAIN's message");
  take_login(name + 1, (size_t)(password - name - 1));
  if (password + 1 == end) talk_malformed("an empty password");
  admit();
  if (*as && strcmp(as, login)) fail("wants to act as somebody else");
  judge(password + 1);
}

static void login_plainly(void)
{
  static unsigned char const for_name[] = "Username:", for_password[] = "Password:";
  size_t len = start->flags & AUTH_INITIAL ? talk_first(message) : talk_ask(for_name, sizeof for_name - 1, message);

  take_login((char *)message, len);
  len = talk_ask(for_password, sizeof for_password - 1, message);
  if (!len || memchr(message, 0, len)) talk_malformed("an empty password, or one with a NUL byte");
  admit();
  judge((char *)message);
}

/* --- SCRAM */

static void demand(enum scram_result r)
{
  if (r == SCRAM_MALFORMED) talk_malformed("no message of SCRAM");
  if (r == SCRAM_OTHER) fail("wants to act as somebody else");
  if (r == SCRAM_STRIPPED) fail("somebody between took channel binding out of what is offered");
  if (r == SCRAM_UNBOUND) fail("channel binding to another connection, or of a kind that is not to be had");
}

static void make_nonce(char nonce[BASE64_SIZE(NONCE)])
{
  unsigned char bytes[NONCE];

  if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes) later("no random bytes");
  base64_encode(nonce, bytes, sizeof bytes);
}

static void scram(int plus)
{
  static struct scram x;
  static struct password p;
  char nonce[BASE64_SIZE(NONCE)], verifier[SCRAM_FINAL_MAX];
  enum scram_result r;
  enum known known;
  char const *why;
  size_t len;

  x.binding = (struct scram_binding){ start->endpoint, start->exporter, start->endpoint_len, start->exporter_len };
  x.plus = plus;
  x.plus_offered = a->mechanisms >> MECHANISM_SCRAM_PLUS & 1 && (start->endpoint_len || start->exporter_len);
  len = talk_first(message);
  r = scram_first(&x, (char *)message, len);
  if (r == SCRAM_MALFORMED) demand(r);
  memcpy(login, x.login, sizeof login);
  admit();
  demand(r);
  known = file_find(&a->file, tell.login, 1, &p, &why);
  if (known == KNOWN_LATER) later(why);
  make_nonce(nonce);
  scram_challenge(&x, &p.scram, nonce);
  len = talk_ask((unsigned char *)x.challenge, strlen(x.challenge), message);
  r = scram_final(&x, &p.scram, (char *)message, len, verifier);
  explicit_bzero(&p, sizeof p);
  if (r != SCRAM_WRONG) demand(r);
  if (known == STRANGER) fail("unknown login");
  if (known == KEYLESS) fail("the login has no keys of SCRAM, or is locked; mail-newpw makes them");
  if (r == SCRAM_WRONG) fail("wrong password");
  if (talk_ask((unsigned char *)verifier, strlen(verifier), message))
    talk_malformed("an answer to SCRAM's last message");
}

/* --- the whole */

static void converse(void)
{
  enum mechanism m = login_mechanism(start->mechanism);
  int binding = start->endpoint_len || start->exporter_len;

  if (!(start->flags & (AUTH_SECURE | AUTH_CLEAR)))
    talk_end(AUTH_NO, "538 5.7.11 encryption is required for this", "a login in clear");
  if (m == MECHANISMS || !(a->mechanisms >> m & 1) || (m == MECHANISM_SCRAM_PLUS && !binding))
    talk_end(AUTH_NO, "504 5.5.4 this mechanism is not offered", "a mechanism that is not offered");
  switch (m) {
    case MECHANISM_PLAIN: plain(); break;
    case MECHANISM_LOGIN: login_plainly(); break;
    default: scram(m == MECHANISM_SCRAM_PLUS);
  }
}

/* The parent counts; it is the same for all sessions of the login. */
static void count(unsigned int rcpts)
{
  struct told told;
  char text[AUTH_REPLY_MAX + 1];
  char const *what;

  tell.kind = TELL_MESSAGE;
  tell.rcpts = rcpts;
  if (tell_ask(a->parent, &tell, &told) == -1) {
    talk_counted(AUTH_LATER, "450 4.7.0 this login cannot be counted now, try again later");
    _exit(0);
  }
  if (told.over == THROTTLE_MAY_SEND) {
    talk_counted(AUTH_YES, "250 2.0.0 counted");
    return;
  }
  what = told.over == THROTTLE_MESSAGES ? "messages" : "recipients";
  log_start();
  log_text("login over its limit");
  log_field("ip", start->ip);
  log_field("login", login);
  log_count(": more in an hour than ", told.limit);
  log_text(" ");
  log_text(what);
  log_end();
  snprintf(text, sizeof text, "450 4.7.1 this login may send %u %s an hour, try again later", told.limit, what);
  talk_counted(AUTH_LATER, text);
}

_Noreturn void attempt_run(struct attempt const *is)
{
  static char senders[AUTH_SENDERS_MAX + 1];

  a = is;
  start = talk_start(a->client, a->idle);
  converse();
  explicit_bzero(message, sizeof message);
  if (!rights_of(login, senders)) log_line("warning: control/loginsenders has too many senders for ", login);
  over(THROTTLE_RIGHT);
  memcpy(tell.login, login, sizeof login);      /* the source may have another name for it */
  prep_fold(tell.login);
  io_close_keep(a->source);
  io_close_keep(a->file.fd);
  talk_welcome(login, senders);
  for (;;) count(talk_count());
}
