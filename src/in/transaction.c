/*
 * transaction.c - MAIL and RCPT: paths, parameters, and who may send what to whom
 *
 * The answer to RCPT is found in this order: syntax, number, sender's ban, domain (rules.h), then mail-lookup. Only
 * that last one tells who exists here, so its refusals are budgeted: after tarpitcount of them each one
 * waits longer, after brtlimit the session ends.
 */

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "door/limits.h"
#include "door/lookup.h"
#include "in/session.h"
#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

#define LOOKUP_SECONDS 30       /* for one answer: a directory service may be slow */
#define PAUSE_MAX 10            /* seconds a refusal may be held back */
#define VERIFY_SOCKET "/run/verify/lookup"

static char const sender_ok[] = "250 2.1.0 ok";
static char const nested[] = "503 5.5.1 there is a sender already: end this message or say RSET";
static char const mail_syntax[] = "501 5.1.7 MAIL FROM:<address> is needed";
static char const mail_no_domain[] = "501 5.1.7 the sender's address needs a domain";
static char const parameter_unknown[] = "555 5.5.4 this parameter is not known here";
static char const parameter_bad[] = "501 5.5.4 the parameter's value is wrong";
static char const too_big[] = "552 5.3.4 the message is larger than is taken here";
static char const rcpt_ok[] = "250 2.1.5 ok";
static char const no_sender[] = "503 5.5.1 MAIL comes first";
static char const rcpt_syntax[] = "501 5.1.3 RCPT TO:<address> is needed";
static char const rcpt_no_domain[] = "501 5.1.3 the recipient's address needs a domain";
static char const too_many[] = "452 4.5.3 too many recipients: send these first, then the others";
static char const banned[] = "553 5.7.1 this sender's mail is not taken here";
static char const banned_recipient[] = "550 5.7.1 mail to this address is not taken here";
static char const no_relay[] = "550 5.7.1 relaying refused: this host takes no mail for that domain";
static char const nobody[] = "550 5.1.1 nobody has this address here";
static char const later[] = "450 4.3.0 cannot find out now whether this address exists";
static char const no_lookup[] = "451 4.3.0 cannot look up recipients now";
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

static int append(struct path *p, char const *s)
{
  size_t len = strlen(s);

  if (len > PATH_ADDRESS_MAX - p->len) return 0;
  memcpy(p->address + p->len, s, len + 1);
  p->len += len;
  return 1;
}

static int append_domain(struct session *s, struct path *p)
{
  return append(p, "@") && append(p, s->rules->envnoathost.s);
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
  if (p.len && p.at == p.len && (!s->rules->relayclient || !append_domain(s, &p))) {
    session_error(s, mail_no_domain);
    return;
  }
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

/* connects to mail-lookup when that has not happened yet; 1 when it is there */
static int lookup_ready(struct session *s)
{
  char path[1024];
  size_t len = strlen(conf_home);

  if (s->lookup != -1) return 1;
  if (len + sizeof VERIFY_SOCKET > sizeof path) return 0;
  memcpy(path, conf_home, len);
  memcpy(path + len, VERIFY_SOCKET, sizeof VERIFY_SOCKET);
  s->lookup = io_connect_unix(path, SOCK_SEQPACKET, s->own ? 0 : s->queue_wait);
  return s->lookup != -1;
}

/* whether somebody gets mail for an address of ours: null, or a refusal */
static char const *exists(struct session *s, char const *address)
{
  struct rules const *r = s->rules;

  if (!lookup_ready(s)) return s->own && r->relayclient ? 0 : no_lookup;
  switch (lookup_ask(s->lookup, address, LOOKUP_SECONDS)) {
    case LOOKUP_YES: return 0;
    case LOOKUP_NO: return nobody;
    case LOOKUP_UNKNOWN: return r->acceptunknown ? 0 : nobody;
    case LOOKUP_ELSEWHERE: return r->relayclient || r->has_rcpthosts ? 0 : later;
    default: break;
  }
  close(s->lookup);             /* perhaps it was restarted: the next question goes to the new one */
  s->lookup = -1;
  return later;
}

/* [our own address] names this host (RFC 5321 4.1.3) */
static void own_literal(struct session *s, struct path *p)
{
  char text[PATH_DOMAIN_MAX + 1], ip[PEER_IP_MAX + 1];
  char const *from = p->address + p->at + 2;
  size_t len;

  if (!p->literal) return;
  if (!strncasecmp(from, "IPv6:", 5)) from += 5;
  len = strcspn(from, "]");
  if (len >= sizeof text) return;
  memcpy(text, from, len);
  text[len] = 0;
  if (!peer_address(ip, text) || strcmp(ip, s->peer.local_ip)) return;
  p->len = p->at + 1;
  append(p, s->rules->localiphost.s);
}

/* makes the parsed path the address that counts: null, or a refusal */
static char const *complete(struct session *s, struct path *p)
{
  if (!p->len) return rcpt_syntax;
  if (p->at == p->len) {
    if (!s->rules->relayclient && strcasecmp(p->address, "postmaster")) return rcpt_no_domain;  /* RFC 5321 4.5.1 */
    if (!append_domain(s, p)) return rcpt_syntax;
  }
  own_literal(s, p);
  return !s->rules->relayclient || append(p, s->rules->relayclient) ? 0 : rcpt_syntax;
}

static char const *permitted(struct session *s, char const *address)
{
  if (rules_bad_sender(s->rules, s->sender)) return banned;
  if (rules_bad_recipient(s->rules, address)) return banned_recipient;
  switch (rules_rcpt(s->rules, address)) {
    case RULES_RELAY: return 0;
    case RULES_LOCAL: return exists(s, address);
    default: return no_relay;
  }
}

static void refuse(struct session *s, char const *refusal, char const *address)
{
  struct rules const *r = s->rules;
  unsigned int pause = 0;

  session_log(s, "refused");
  log_field("to", address);
  session_log_end(refusal);
  if (*refusal == '5') {
    s->refused++;
    if (r->tarpitcount && s->refused > r->tarpitcount) pause = (s->refused - r->tarpitcount) * r->tarpitdelay;
    if (pause) wire_pause(&s->wire, (int)(pause > PAUSE_MAX ? PAUSE_MAX : pause) * 1000);
  }
  session_reply(s, refusal);
  if (r->brtlimit && s->refused >= r->brtlimit) session_end(s, probing, "too many refused recipients");
}

void transaction_rcpt(struct session *s, char const *arg)
{
  struct path p;
  char const *path = after(arg, "TO:"), *rest, *refusal;

  if (!s->open) { session_error(s, no_sender); return; }
  if (!path || path_parse(&p, path, &rest) != PATH_GOOD) { session_error(s, rcpt_syntax); return; }
  refusal = take_parameters(s, rcpt_parameters, rest);
  if (!refusal) refusal = complete(s, &p);
  if (refusal) { session_error(s, refusal); return; }
  if (s->rcpts >= s->rules->maxrcpt || s->records.len + p.len + 2 > ENVELOPE_BYTES_MAX / 2) {
    session_reply(s, too_many);
    return;
  }
  refusal = permitted(s, p.address);
  if (refusal) { refuse(s, refusal, p.address); return; }
  if (!add_record(s, 'T', p.address)) {
    session_reply(s, no_memory);
    session_reset(s);
    return;
  }
  s->rcpts++;
  session_reply(s, rcpt_ok);
}
