/*
 * transaction.c - MAIL and RCPT: paths, parameters, and who may send what to whom
 *
 * The answer to RCPT is found in this order: syntax, number, sender's ban, domain, then mail-lookup
 * (gate.h). Only that last one tells who exists here, so refusals are budgeted: after tarpitcount of them each one
 * waits longer, after brtlimit the session ends.
 */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "door/limits.h"
#include "in/session.h"
#include "lib/io/log.h"

static char const sender_ok[] = "250 2.1.0 ok";
static char const nested[] = "503 5.5.1 there is a sender already: end this message or say RSET";
static char const mail_syntax[] = "501 5.1.7 MAIL FROM:<address> is needed";
static char const parameter_unknown[] = "555 5.5.4 this parameter is not known here";
static char const parameter_bad[] = "501 5.5.4 the parameter's value is wrong";
static char const too_big[] = "552 5.3.4 the message is larger than is taken here";
static char const rcpt_ok[] = "250 2.1.5 ok";
static char const no_sender[] = "503 5.5.1 MAIL comes first";
static char const rcpt_syntax[] = "501 5.1.3 RCPT TO:<address> is needed";
static char const too_many[] = "452 4.5.3 too many recipients: send these first, then the others";
static char const no_memory[] = "452 4.3.0 out of memory";
static char const probing[] = "421 4.7.0 too many refused recipients";

/* what follows FROM: or TO:; null when that word is not there */
static char const *after(char const *arg, char const *word)
{
  size_t len = strlen(word);

  if (strncasecmp(arg, word, len)) return 0;
  return arg + len + strspn(arg + len, " ");    /* a blank after the colon is wrong, and common */
}

/* --- parameters of MAIL. Each taker returns null or a refusal. */

static char const *take_size(struct session *s, char const *value)
{
  char *end;
  unsigned long long size = strtoull(value, &end, 10);

  if (*value < '0' || *value > '9' || *end || strlen(value) > 20) return parameter_bad; /* RFC 1870 3 */
  return s->rules->databytes && size > s->rules->databytes ? too_big : 0;
}

static char const *take_body(struct session *s, char const *value)
{
  (void)s;
  return strcasecmp(value, "7BIT") && strcasecmp(value, "8BITMIME") ? parameter_bad : 0;
}

struct parameter {
  char const *name;
  char const *(*take)(struct session *, char const *value);
};

static struct parameter const mail_parameters[] = {
  { "SIZE", take_size },        /* RFC 1870 */
  { "BODY", take_body },        /* RFC 6152 */
  { 0, 0 }
};

static struct parameter const rcpt_parameters[] = {
  { 0, 0 }
};

static char const *take_parameter(struct session *s, struct parameter const *known, char *word)
{
  char *value = strchr(word, '=');

  if (value) *value++ = 0;
  for (; known->name; known++)
    if (!strcasecmp(known->name, word)) return known->take(s, value ? value : "");
  return parameter_unknown;
}

/* " NAME=VALUE NAME=VALUE": null, or the first refusal */
static char const *take_parameters(struct session *s, struct parameter const *known, char const *text)
{
  char word[WIRE_LINE_MAX];     /* part of a line, so it fits */
  char const *refusal = 0;

  if (*text && *text != ' ') return parameter_bad;
  for (text += strspn(text, " "); *text && !refusal; text += strspn(text, " ")) {
    size_t len = strcspn(text, " ");
    memcpy(word, text, len);
    word[len] = 0;
    refusal = take_parameter(s, known, word);
    text += len;
  }
  return refusal;
}

static int add_record(struct session *s, char letter, char const *address)
{
  return stralloc_catb(&s->records, &letter, 1) && stralloc_catb(&s->records, address, strlen(address) + 1);
}

void transaction_mail(struct session *s, char const *arg)
{
  struct path p;
  char const *path = after(arg, "FROM:"), *rest, *refusal;

  if (s->open) { session_error(s, nested); return; }
  if (!path || path_parse(&p, path, &rest) != PATH_GOOD) { session_error(s, mail_syntax); return; }
  refusal = take_parameters(s, mail_parameters, rest);
  if (refusal == too_big) { session_reply(s, refusal); return; }
  if (refusal) { session_error(s, refusal); return; }
  refusal = gate_sender(&s->gate, &p);
  if (refusal) { session_error(s, refusal); return; }
  if (!add_record(s, 'F', p.address)) {
    session_reset(s);
    session_reply(s, no_memory);
    return;
  }
  memcpy(s->sender, p.address, p.len + 1);
  s->open = 1;
  session_reply(s, sender_ok);
}

/* --- recipients */

static void refuse(struct session *s, char const *refusal, char const *address)
{
  int pause = gate_count(&s->gate, refusal);

  session_log(s, "refused");
  log_field("to", address);
  session_log_end(refusal);
  if (pause) wire_pause(&s->wire, pause);
  session_reply(s, refusal);
  if (gate_closed(&s->gate)) session_end(s, probing, "too many refused recipients");
}

void transaction_rcpt(struct session *s, char const *arg)
{
  struct path p;
  char const *path = after(arg, "TO:"), *rest, *refusal;

  if (!s->open) { session_error(s, no_sender); return; }
  if (!path || path_parse(&p, path, &rest) != PATH_GOOD) { session_error(s, rcpt_syntax); return; }
  refusal = take_parameters(s, rcpt_parameters, rest);
  if (!refusal) refusal = gate_recipient(&s->gate, &p);
  if (refusal) { session_error(s, refusal); return; }
  if (s->rcpts >= s->rules->maxrcpt || s->records.len + p.len + 2 > ENVELOPE_BYTES_MAX / 2) {
    session_reply(s, too_many);
    return;
  }
  refusal = gate_permits(&s->gate, s->sender, p.address);
  if (refusal) { refuse(s, refusal, p.address); return; }
  if (!add_record(s, 'T', p.address)) {
    session_reply(s, no_memory);
    session_reset(s);
    return;
  }
  s->rcpts++;
  session_reply(s, rcpt_ok);
}
