/* session.c - the loop and the simple commands; see session.h */

#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "door/auth.h"
#include "in/extensions.h"
#include "in/foreign.h"
#include "in/session.h"
#include "lib/io/io.h"

#define GREET_DELAY_MAX 300     /* seconds */

static char const ok[] = "250 2.0.0 ok";
static char const bye[] = "221 2.0.0 ";
static char const help[] = "214 2.0.0 HELO EHLO STARTTLS AUTH MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT";
static char const verify[] = "252 2.0.0 this is not told; mail may be sent to it";
static char const not_done[] = "502 5.5.1 this command is not offered here";
static char const unknown[] = "500 5.5.1 there is no such command";
static char const too_long[] = "500 5.5.6 the line is too long";
static char const bad_bytes[] = "500 5.5.2 lines end in CR LF, and hold no other CR or LF and no NUL";
static char const too_early[] = "554 5.5.0 you talked before the greeting";
static char const not_mail[] = "500 5.5.1 this is a mail server";
static char const sent_on[] = "554 5.5.0 you sent on before the reply to a command that must be waited for";
static char const too_slow[] = "421 4.4.2 this took too long";
static char const wanted[] = "421 4.3.2 others need the place of an idle client: come again";
static char const too_many_errors[] = "421 4.7.0 too many errors";
static char const too_many_commands[] = "421 4.7.0 too many commands";
static char const too_many_bytes[] = "421 4.7.0 too many bytes for one session: come again with the rest";

void session_start(struct session *s, struct visit *visit)
{
  int submission = visit->rules.protocol & RULES_SUBMISSION;

  if (submission) visit->rules.relayclient = 0; /* only a login is permission there */
  client_start(&s->c, visit);
  if (submission) s->c.wire.line_max = AUTH_LINE_MAX + 2;
  s->rules = &visit->rules;
  s->auth = -1;
  s->tries = 0;
  s->c.helo = s->c.gate.helo = s->helo;
  s->c.tls = s->secured.text;
  s->secured.text[0] = 0;
  s->ucspi = visit->ucspi;
  s->done = s->quit = s->once = 0;
  s->why = 0;
  s->chunks = CHUNKS_NONE;
  session_forget(s);
}

void session_forget(struct session *s)
{
  session_reset(s);
  auth_forget(s);
  s->helo[0] = 0;
  s->extended = 0;
  s->c.gate.protocol = session_protocol(s);
}

void session_reset(struct session *s)
{
  if (s->chunks == CHUNKS_BEGUN) message_refuse(&s->message, "");
  s->chunks = CHUNKS_NONE;
  s->open = s->utf8 = 0;
  client_reset(&s->c);
}

char const *session_protocol(struct session const *s)
{
  static char const *const names[2][2][2] = {
    { { "ESMTP", "ESMTPA" }, { "ESMTPS", "ESMTPSA" } },
    { { "UTF8SMTP", "UTF8SMTPA" }, { "UTF8SMTPS", "UTF8SMTPSA" } }
  };

  return s->extended || s->utf8 ? names[s->utf8][*s->secured.text != 0][*s->c.user != 0] : "SMTP";
}

void session_reply_parts(struct session *s, ...)
{
  va_list ap;
  char const *part;

  va_start(ap, s);
  while ((part = va_arg(ap, char const *))) wire_put(&s->c.wire, part, strlen(part));
  va_end(ap);
  wire_put(&s->c.wire, "\r\n", 2);
}

void session_end(struct session *s, char const *text, char const *why)
{
  session_reply(s, text);
  s->done = 1;
  s->why = why;
}

/* a program of this host is not slowed down */
void session_pause(struct session *s, int milliseconds)
{
  if (milliseconds && !s->c.gate.own) wire_pause(&s->c.wire, milliseconds);
}

void session_error(struct session *s, char const *text)
{
  session_pause(s, budget_error(&s->c.budget));
  session_reply(s, text);
  if (budget_errors_spent(&s->c.budget)) session_end(s, too_many_errors, "too many errors");
}

void session_end_bytes(struct session *s)
{
  session_end(s, too_many_bytes, "too many bytes");
}

int session_spent(struct session *s)
{
  if (!budget_bytes_spent(&s->c.budget) || (s->open && !(s->chunks && s->message.refusal))) return 0;
  session_end_bytes(s);
  return 1;
}

static void rset(struct session *s, char const *arg)
{
  (void)arg;
  session_reset(s);
  session_reply(s, ok);
}

static void noop(struct session *s, char const *arg)
{
  (void)arg;
  session_reply(s, ok);
}

static void show_help(struct session *s, char const *arg)
{
  (void)arg;
  session_reply(s, help);
}

static void vrfy(struct session *s, char const *arg)
{
  (void)arg;
  session_reply(s, verify);
}

static void refuse(struct session *s, char const *arg)
{
  (void)arg;
  session_error(s, not_done);
}

static void quit(struct session *s, char const *arg)
{
  (void)arg;
  session_reply(s, bye, s->c.rules->greeting.s);
  s->done = s->quit = 1;
}

static struct {
  char const *verb;
  void (*run)(struct session *, char const *arg);
  int waits;                    /* the client must wait for the reply: what follows depends on it (RFC 2920 3.1) */
} const commands[] = {
  { "MAIL", transaction_mail, 0 },
  { "RCPT", transaction_rcpt, 0 },
  { "DATA", data_command, 1 },
  { "BDAT", bdat_command, 0 },
  { "EHLO", greet_ehlo, 1 },
  { "HELO", greet_helo, 1 },
  { "STARTTLS", starttls_command, 0 },  /* it sees to that itself */
  { "AUTH", auth_command, 1 },
  { "RSET", rset, 0 },
  { "NOOP", noop, 0 },
  { "QUIT", quit, 0 },
  { "VRFY", vrfy, 0 },
  { "HELP", show_help, 0 },
  { "EXPN", refuse, 0 },
};

/* A chunk follows its command whatever the reply, and what follows QUIT does not count. */
static int must_wait(struct session const *s, size_t i)
{
  if (commands[i].waits) return s->c.rules->strictpipelining || extension_hidden(EXT_PIPELINING);
  return commands[i].run != bdat_command && commands[i].run != quit && extension_hidden(EXT_PIPELINING);
}

static void run_command(struct session *s, size_t i, char const *arg)
{
  if (must_wait(s, i) && wire_ahead(&s->c.wire))
    session_end(s, sent_on, "sent on without waiting");
  else
    commands[i].run(s, arg);
}

static void dispatch(struct session *s, char *line, size_t len)
{
  size_t verb, i;

  if (len > WIRE_LINE_MAX - 2 && strncasecmp(line, "AUTH ", 5)) {       /* only that one may be longer */
    session_error(s, too_long);
    return;
  }
  while (len && (line[len - 1] == ' ' || line[len - 1] == '\t')) line[--len] = 0;
  verb = strcspn(line, " ");
  for (i = 0; i < sizeof commands / sizeof *commands; i++) {
    if (strlen(commands[i].verb) != verb || strncasecmp(commands[i].verb, line, verb)) continue;
    run_command(s, i, line + verb + strspn(line + verb, " "));
    return;
  }
  if (foreign_line(line)) session_end(s, not_mail, "no mail client");
  else session_error(s, unknown);
}

int session_line(struct session *s, char **line, size_t *len)
{
  switch (wire_line(&s->c.wire, line, len)) {
    case WIRE_LINE:
      return 1;
    case WIRE_LONG:
      session_error(s, too_long);
      break;
    case WIRE_BAD:
      session_end(s, bad_bytes, "bad line end or NUL in a command");
      break;
    case WIRE_GONE:
      s->done = 1;
      break;
  }
  return 0;
}

static void one_command(struct session *s)
{
  char *line;
  size_t len;

  if (!session_line(s, &line, &len)) return;
  session_pause(s, budget_command(&s->c.budget));
  if (budget_commands_spent(&s->c.budget)) session_end(s, too_many_commands, "too many commands");
  else dispatch(s, line, len);
}

/* a client that was too slow, or idle, may still be reading: tell it, without waiting */
static void last_words(struct session *s)
{
  enum wire_state state = s->c.wire.state;

  s->c.wire.state = WIRE_OPEN;
  s->c.wire.pending = 0;
  s->c.wire.idle = 1000;
  s->c.wire.end = io_clock() + 1000;
  session_reply(s, state == WIRE_WANTED ? wanted : too_slow);
  wire_flush(&s->c.wire);
  s->c.wire.state = state;
}

/* The greeting is what a mail client waits for; programs that only send do not (RFC 5321 3.1, 4.3.1). */
static void welcome(struct session *s)
{
  struct rules const *r = s->c.rules;
  unsigned int delay = r->protocol & RULES_SUBMISSION ? 0 : r->greetdelay;

  if (delay && wire_early(&s->c.wire, (int)(delay > GREET_DELAY_MAX ? GREET_DELAY_MAX : delay) * 1000))
    session_end(s, too_early, "talked before the greeting");
  else
    session_reply(s, "220 ", s->c.rules->greeting.s, " ESMTP");
}

int session_run(struct session *s)
{
  int good;

  if (s->c.rules->protocol & RULES_TLS) starttls_first(s);
  if (!s->done) welcome(s);
  while (!s->done) one_command(s);
  good = s->quit && !s->once && client_spotless(&s->c);
  client_log_ended(&s->c, s->why);
  if (s->c.wire.state == WIRE_TIMEOUT || s->c.wire.state == WIRE_WANTED) last_words(s);
  client_close(&s->c);
  io_close_keep(s->auth);
  return good;
}
