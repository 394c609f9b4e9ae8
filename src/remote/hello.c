/* hello.c - see hello.h */

#include <stdio.h>
#include <string.h>

#include "remote/hello.h"
#include "remote/authenticate.h"
#include "remote/offer.h"
#include "remote/policy.h"
#include "remote/tls.h"

#define SMTPS_PORT 465          /* TLS from the first byte (RFC 8314 section 3.3) */

/* a reply that is not what it takes to go on */
static enum hello refused(struct session *s, char const *what)
{
  unsigned int code = s->reply.code;

  if (code < 400) {
    session_out_of_step(s, what);
    return HELLO_LATER;
  }
  session_said(s, what, s->why);
  session_quit(s);
  return code < 500 ? HELLO_LATER : HELLO_NEVER;
}

/* What the host says without being asked, before a command goes out: a success is passed over, once and for all its
   mail in this session is sent with care; anything else is its last word. 1 to go on. */
static int settle(struct session *s, char const *what)
{
  unsigned int code;

  while (session_unread(s)) {
    s->surplus = 1;
    code = session_reply(s, WAIT_EHLO, what);
    if (!code) return 0;
    if (code / 100 == 2) continue;
    if (code < 400) session_out_of_step(s, what);
    else {
      session_tell(s, what, RESULT_LATER, s->why);
      session_quit(s);
    }
    return 0;
  }
  return s->fd != -1;
}

static unsigned int greet(struct session *s, char const *verb)
{
  session_offer_none(s);
  session_text(s, verb, " ", s->helo, "\r\n", (char *)0);
  session_flush(s);
  return session_reply(s, WAIT_EHLO, verb);
}

/* EHLO was refused. Where HELO brings no answer, that was the last word. */
static enum hello fall_back(struct session *s)
{
  char said[TEXT_MAX + 1];
  int unknown = reply_unknown(&s->reply);
  unsigned int code;

  session_tell(s, "EHLO", unknown ? RESULT_LATER : RESULT_FAILED, said);
  code = greet(s, "HELO");
  if (code == 250) return settle(s, "HELO") ? HELLO_READY : HELLO_LATER;
  if (code) return refused(s, "HELO");
  memcpy(s->why, said, sizeof s->why);
  return unknown ? HELLO_LATER : HELLO_NEVER;
}

/* name: of the host, as its route has it */
static enum hello greeted(struct session *s, char const *name)
{
  char const *verb = s->protocol == PROTOCOL_LMTP ? "LHLO" : "EHLO";
  unsigned int code = greet(s, verb);

  if (!code) return HELLO_LATER;
  if (code == 250) {
    offer_read(s);
    offer_ignore(s, name);
    offer_ignore(s, s->domain);
    return settle(s, verb) ? HELLO_READY : HELLO_LATER;
  }
  if (code >= 500 && s->protocol == PROTOCOL_LMTP) {    /* a mistake in control/transports, to be put right */
    session_tell(s, verb, RESULT_LATER, s->why);
    session_quit(s);
    return HELLO_LATER;
  }
  return code >= 500 ? fall_back(s) : refused(s, verb); /* a host that knows no EHLO (RFC 5321 3.2) */
}

static enum hello introduced(struct session *s, char const *name)
{
  unsigned int code = session_reply(s, WAIT_GREETING, "the connection");

  if (!code) return HELLO_LATER;
  if (code != 220) return refused(s, "the connection");
  return settle(s, "the connection") ? greeted(s, name) : HELLO_LATER;
}

/* Nothing that was said in clear counts (RFC 3207 section 4.2). Some hosts break off only here over a handshake. */
static enum hello once_more(struct session *s, char const *name)
{
  enum hello h = greeted(s, name);

  return h == HELLO_LATER && s->policy.level == TLSPOLICY_MAY && s->reply.state != REPLY_DONE ? HELLO_CLEAR : h;
}

/* a mistake in control/, to be put right */
static enum hello mistake(struct session *s, char const *what)
{
  snprintf(s->why, sizeof s->why, "4.3.5 %.255s " TOLD("%s", "has no way to it now"), s->domain, what);
  session_drop(s);
  return HELLO_LATER;
}

/* QMTP and port 465 know no other TLS; whoever speaks in clear there is heard as long as nothing else is demanded. */
static int at_once(struct session const *s, struct target const *t)
{
  return s->policy.level >= TLSPOLICY_ENCRYPT && (s->protocol == PROTOCOL_QMTP || t->address.port == SMTPS_PORT);
}

/* What control/ has about sessions with this host; null, or the mistake in it. No password goes to a host that need not
   show who it is. */
static char const *terms(struct session *s, struct target const *t)
{
  if (!policy_find(&s->policy, s->domain, t)) return "has a line in control/tlspolicy that cannot be understood";
  if (!s->login) return 0;
  if (!s->login->password[0]) return "has a login in control/smtpauth whose password cannot be read";
  if (s->policy.level >= TLSPOLICY_SECURE) return 0;
  return "has a login in control/smtpauth, but neither secure nor fingerprint in control/tlspolicy";
}

/* in clear, or by TLS */
static enum hello opened(struct session *s, struct target const *t)
{
  enum hello h;

  if (t->clear) {
    s->policy.level = TLSPOLICY_NONE;
    snprintf(s->tls, sizeof s->tls, "failed");
  }
  if (at_once(s, t) && starttls_at_once(s, t) != STARTTLS_DONE) {
    session_drop(s);
    return HELLO_LATER;
  }
  if (s->protocol == PROTOCOL_QMTP) return HELLO_READY;
  h = introduced(s, t->name);
  if (h != HELLO_READY || s->encrypted || s->policy.level == TLSPOLICY_NONE) return h;
  switch (starttls(s, t)) {
    case STARTTLS_DONE: return once_more(s, t->name);
    case STARTTLS_CLEAR: return HELLO_READY;
    case STARTTLS_ANEW: return HELLO_CLEAR;
    case STARTTLS_LATER: session_quit(s);
  }
  return HELLO_LATER;
}

enum hello hello(struct session *s, int fd, struct target const *t)
{
  char const *wrong;
  enum hello h;

  session_open(s, fd, t);
  wrong = terms(s, t);
  if (wrong) return mistake(s, wrong);
  h = opened(s, t);
  if (h != HELLO_READY || !s->login || authenticate(s)) return h;
  session_quit(s);
  return HELLO_LATER;
}
