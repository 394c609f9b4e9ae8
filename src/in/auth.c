/*
 * auth.c - AUTH (RFC 4954): mail-authd talks with the client, these lines carry it; see session.h
 *
 * Only in submission, and only by TLS or from where control/authclear allows it. What is here of a login is its name,
 * what it may send as, and a connection that counts its messages: of a password nothing.
 */

#include <string.h>

#include "door/auth.h"
#include "in/extensions.h"
#include "in/session.h"
#include "lib/io/io.h"
#include "lib/io/large.h"

#define TRIES_MAX 5             /* of one session; over all sessions mail-authd counts */

static char const not_offered[] = "502 5.5.1 logins are taken by submission, ports 587 and 465";
static char const logged_in[] = "503 5.5.1 you have logged in already";
static char const no_greeting[] = "503 5.5.1 say EHLO first, then AUTH";
static char const no_mechanism[] = "501 5.5.4 AUTH MECHANISM is needed, and at most one initial response";
static char const unknown[] = "504 5.5.4 this mechanism is not known here";
static char const tls_first[] = "530 5.7.0 STARTTLS comes first, then AUTH";
static char const auth_first[] = "530 5.7.0 log in first: AUTH";
static char const foreign[] = "553 5.7.1 this login may not send as that sender";
static char const too_many[] = "421 4.7.0 too many logins that failed";

/* The last one; no session follows in this process. */
static LARGE struct auth_answer answer;

static int is_submission(struct session const *s)
{
  return (s->c.rules->protocol & RULES_SUBMISSION) != 0;
}

static int may_in_clear(struct session const *s)
{
  struct net_address a;
  char const *ip = s->c.peer.ip;

  return net_parse(&a, ip, strlen(ip)) && networks_have(&s->c.rules->authclear, &a);
}

int auth_offered(struct session const *s, char words[LOGIN_WORDS_MAX])
{
  struct secured const *t = &s->secured;

  if (!is_submission(s) || extension_hidden(EXT_AUTH) || (!*t->text && !may_in_clear(s))) return 0;
  login_words(words, s->c.rules->mechanisms, t->endpoint_len || t->exporter_len);
  return *words != 0;
}

/* one of the words, which have a blank each in front */
static int is_offered(char const *words, char const *name, size_t len)
{
  for (; *words; words += strcspn(words, " ")) {
    words++;
    if (len == strcspn(words, " ") && !strncasecmp(words, name, len)) return 1;
  }
  return 0;
}

/* --- the exchange */

static void fill(struct session const *s, struct auth_start *q, char const *mechanism, size_t len, char const *initial)
{
  struct secured const *t = &s->secured;
  struct peer const *p = &s->c.peer;

  memcpy(q->mechanism, mechanism, len);
  memcpy(q->ip, p->ip, sizeof p->ip);
  q->flags = (*t->text ? AUTH_SECURE : 0) | (may_in_clear(s) ? AUTH_CLEAR : 0) | (*initial ? AUTH_INITIAL : 0)
             | (*p->ip && !strcmp(p->ip, p->local_ip) ? AUTH_LOCAL : 0);
  memcpy(q->endpoint, t->endpoint, t->endpoint_len);
  q->endpoint_len = t->endpoint_len;
  memcpy(q->exporter, t->exporter, t->exporter_len);
  q->exporter_len = t->exporter_len;
  memcpy(q->initial, initial, strlen(initial));
}

static void welcome(struct session *s, int sock)
{
  s->auth = sock;
  s->c.user = answer.login;
  s->c.gate.known = 1;
  s->c.gate.protocol = session_protocol(s);
  s->rules->relayclient = "";
  session_reply(s, answer.reply);
}

void auth_forget(struct session *s)
{
  io_close_keep(s->auth);
  s->auth = -1;
  s->c.user = "";
  s->c.gate.known = 0;
  if (is_submission(s)) s->rules->relayclient = 0;
}

static void conclude(struct session *s, int sock)
{
  if (answer.status == AUTH_YES) {
    welcome(s, sock);
    return;
  }
  io_close_keep(sock);
  if (answer.status == AUTH_NO) session_error(s, answer.reply);
  else session_reply(s, answer.reply);
  if (++s->tries == TRIES_MAX && !s->done) session_end(s, too_many, "too many logins that failed");
}

static void talk(struct session *s, struct auth_start const *q)
{
  int sock = auth_connect(), more = auth_start(sock, q, &answer);
  char *line;
  size_t len;

  while (more) {
    session_reply(s, "334 ", answer.challenge);
    if (!session_line(s, &line, &len)) {
      io_close_keep(sock);
      return;
    }
    more = auth_respond(sock, line, &answer);
  }
  conclude(s, sock);
}

void auth_command(struct session *s, char const *arg)
{
  struct auth_start q = { .flags = 0 };
  char words[LOGIN_WORDS_MAX];
  size_t len = strcspn(arg, " ");
  char const *initial = arg + len + strspn(arg + len, " ");

  if (!is_submission(s) || extension_hidden(EXT_AUTH)) { session_error(s, not_offered); return; }
  if (*s->c.user) { session_error(s, logged_in); return; }      /* so it is within a transaction, which needs one */
  if (!auth_offered(s, words)) { session_error(s, *s->secured.text ? unknown : tls_first); return; }
  if (!*s->helo) { session_error(s, no_greeting); return; }
  if (!len || strchr(initial, ' ')) { session_error(s, no_mechanism); return; }
  if (!is_offered(words, arg, len)) { session_error(s, unknown); return; }
  s->once = 1;
  fill(s, &q, arg, len, initial);
  talk(s, &q);
}

/* --- what a login may */

char const *auth_permits_any(struct session const *s)
{
  if (!is_submission(s) || *s->c.user) return 0;
  return *s->secured.text || may_in_clear(s) ? auth_first : tls_first;
}

char const *auth_permits(struct session const *s, char const *sender)
{
  return !*s->c.user || auth_may_send(&answer, sender) ? 0 : foreign;
}

char const *auth_counted(struct session const *s)
{
  static LARGE struct auth_answer verdict;

  return !*s->c.user || auth_count(s->auth, s->c.rcpts, &verdict) ? 0 : verdict.reply;
}
