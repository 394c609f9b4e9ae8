/*
 * transaction.c - MAIL and RCPT: who may send what to whom
 *
 * The answer to RCPT is found in this order: syntax, number, who is named already (named.h), then what gate_permits
 * asks: bans, domain, the DNS, mail-lookup, the site's own program. These tell who exists here, so refusals are
 * budgeted: after tarpitcount of them each one waits longer, after brtlimit the session ends.
 */

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "in/parameters.h"
#include "in/session.h"

static char const sender_ok[] = "250 2.1.0 ok";
static char const nested[] = "503 5.5.1 there is a sender already: end this message or say RSET";
static char const mail_syntax[] = "501 5.1.7 MAIL FROM:<address> is needed";
static char const mail_utf8[] = "553 5.6.7 an address beyond ASCII needs SMTPUTF8";
static char const rcpt_utf8[] = "553 5.6.7 an address beyond ASCII needs SMTPUTF8 in MAIL";
static char const too_big[] = "552 5.3.4 the message is larger than is taken here";
static char const rcpt_ok[] = "250 2.1.5 ok";
static char const no_sender[] = "503 5.5.1 MAIL comes first";
static char const begun[] = "503 5.5.1 the message has begun: no more recipients";
static char const rcpt_syntax[] = "501 5.1.3 RCPT TO:<address> is needed";
static char const too_many[] = "452 4.5.3 too many recipients: send these first, then the others";
static char const probing[] = "421 4.7.0 too many refused recipients";

/* These say no before the address is looked at; which one it was is for the log. */
static void refuse_sender(struct session *s, char const *from, char const *refusal)
{
  client_log_refused(&s->c, "refused message", "from", from, refusal);
  session_error(s, refusal);
}

static void refuse_rcpt(struct session *s, char const *to, char const *refusal)
{
  client_log_refused(&s->c, "refused", "to", to, refusal);
  session_error(s, refusal);
}

/* a path that is none: the reply says why */
#define BAD_PATH_MAX (PATH_WRONG_MAX + 20)
static char const *bad_path(char reply[BAD_PATH_MAX], char const *code, struct path const *p)
{
  char words[PATH_WRONG_MAX];

  snprintf(reply, BAD_PATH_MAX, "%s %s", code, path_wrong(p, words));
  return reply;
}

/* what follows FROM: or TO:; null when that word is not there */
static char const *after(char const *arg, char const *word)
{
  size_t len = strlen(word);

  if (strncasecmp(arg, word, len)) return 0;
  return arg + len + strspn(arg + len, " ");    /* a blank after the colon is wrong, and common */
}

void transaction_mail(struct session *s, char const *arg)
{
  struct path p;
  struct parameters with;
  char const *path = after(arg, "FROM:"), *rest, *refusal;
  char logins[LOGIN_WORDS_MAX], reply[BAD_PATH_MAX];
  uint64_t max = s->c.rules->databytes;

  if (session_spent(s)) return;
  if (s->open) { session_error(s, nested); return; }
  refusal = auth_permits_any(s);
  if (refusal) { refuse_sender(s, path ? path : arg, refusal); return; }
  if (!path || !*path) { refuse_sender(s, arg, mail_syntax); return; }
  if (path_parse_utf8(&p, path, &rest) != PATH_GOOD) {
    refuse_sender(s, path, bad_path(reply, "501 5.1.7", &p));
    return;
  }
  refusal = parameters_mail(&with, rest, auth_offered(s, logins));
  if (!refusal && p.utf8 && !with.utf8) refusal = mail_utf8;
  if (!refusal && max && with.size > max) refusal = too_big;
  if (!refusal) refusal = gate_sender(&s->c.gate, &p);
  if (!refusal) refusal = auth_permits(s, p.address);
  if (refusal) { refuse_sender(s, p.address, refusal); return; }
  refusal = client_sender(&s->c, p.address, with.kept, with.len);
  if (refusal) { session_reply(s, refusal); return; }
  s->open = 1;
  s->utf8 = with.utf8;
  session_reply(s, sender_ok);
}

void transaction_rcpt(struct session *s, char const *arg)
{
  struct path p;
  struct parameters with;
  char const *path = after(arg, "TO:"), *rest, *refusal;
  char reply[BAD_PATH_MAX];

  if (!s->open) { session_error(s, no_sender); return; }
  if (s->chunks) { session_error(s, begun); return; }
  if (!path || !*path) { refuse_rcpt(s, arg, rcpt_syntax); return; }
  if (path_parse_utf8(&p, path, &rest) != PATH_GOOD) { refuse_rcpt(s, path, bad_path(reply, "501 5.1.3", &p)); return; }
  refusal = parameters_rcpt(&with, rest, s->utf8);
  if (!refusal && p.utf8 && !s->utf8) refusal = rcpt_utf8;
  if (!refusal) refusal = gate_recipient(&s->c.gate, &p);
  if (refusal) { refuse_rcpt(s, p.address, refusal); return; }
  if (client_full(&s->c, p.len + with.len)) { session_reply(s, too_many); return; }
  refusal = client_recipient(&s->c, p.address, with.kept, with.len);
  if (refusal) client_refuse(&s->c, p.address, refusal);
  session_reply(s, refusal ? refusal : rcpt_ok);
  if (gate_closed(&s->c.gate)) session_end(s, probing, "too many refused recipients");
}
