/* hello.c - see hello.h */

#include <string.h>

#include "remote/hello.h"
#include "remote/offer.h"

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

enum hello hello(struct session *s, int fd, struct target const *t)
{
  unsigned int code;

  session_open(s, fd, t);
  if (s->protocol == PROTOCOL_QMTP) return HELLO_READY;
  code = session_reply(s, WAIT_GREETING, "the connection");
  if (!code) return HELLO_LATER;
  if (code != 220) return refused(s, "the connection");
  return settle(s, "the connection") ? greeted(s, t->name) : HELLO_LATER;
}
