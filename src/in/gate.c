/* gate.c - see gate.h */

#include <poll.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "door/lookup.h"
#include "in/gate.h"
#include "in/rcptcheck.h"
#include "lib/conf/conf.h"
#include "lib/io/io.h"

#define LOOKUP_SECONDS 30       /* for one answer: a directory service may be slow */
#define PAUSE_MAX 10            /* seconds a refusal may be held back */
#define WAIT 10                 /* seconds */
#define TRIES 200
#define MAXRCPT_HIGH 1000000    /* a larger setting is as good as this */

static char const sender_no_domain[] = "501 5.1.7 the sender's address needs a domain";
static char const long_sender[] = "501 5.1.7 the address is too long with the domain that is appended to it here";
static char const no_address[] = "501 5.1.3 <> is nobody: RCPT TO:<address> is needed";
static char const long_address[] = "501 5.1.3 the address is too long with what is appended to it here";
static char const rcpt_no_domain[] = "501 5.1.3 the recipient's address needs a domain";
static char const banned[] = "553 5.7.1 this sender's mail is not taken here";
static char const banned_recipient[] = "550 5.7.1 mail to this address is not taken here";
static char const no_relay[] = "550 5.7.1 relaying refused: this host takes no mail for that domain";
static char const no_table[] = "451 4.3.0 cannot find out now whether mail for that domain is taken";
static char const nobody[] = "550 5.1.1 nobody has this address here";
static char const later[] = "450 4.3.0 cannot find out now whether this address exists";
static char const no_lookup[] = "451 4.3.0 cannot look up recipients now";

void gate_start(struct gate *g, struct rules const *rules, struct peer const *peer, int lookup)
{
  *g = (struct gate){ .rules = rules, .peer = peer, .protocol = "", .helo = "", .wait = WAIT, .lookup = lookup };
  g->own = geteuid() != conf_users[CONF_IN].uid;
}

void gate_close(struct gate *g)
{
  if (g->lookup != -1) close(g->lookup);
  g->lookup = -1;
}

int gate_keep(struct gate *g)
{
  int fd = g->lookup;

  g->lookup = -1;
  return fd;
}

/* Connects to mail-lookup when that has not happened yet, or it has closed: it does so to those that are idle when many
   want it, and when it is restarted. It says nothing unasked. 1 when it is there. */
static int lookup_ready(struct gate *g)
{
  char path[CONF_PATH_MAX];

  if (g->lookup != -1 && io_wait(g->lookup, POLLIN, 0)) gate_close(g);
  if (g->lookup != -1) return 1;
  g->lookup = io_connect_unix(conf_path(path, "run/verify/lookup"), SOCK_SEQPACKET, g->own ? 0 : g->wait);
  return g->lookup != -1;
}

/* whether somebody gets mail for an address of ours: null, or a refusal */
static char const *exists(struct gate *g, char const *address)
{
  struct rules const *r = g->rules;

  if (!lookup_ready(g)) return g->own && r->relayclient ? 0 : no_lookup;
  switch (lookup_ask(g->lookup, address, LOOKUP_SECONDS)) {
    case LOOKUP_YES: return 0;
    case LOOKUP_NO: return nobody;
    case LOOKUP_UNKNOWN: return r->acceptunknown ? 0 : nobody;
    case LOOKUP_ELSEWHERE: return r->relayclient || r->has_rcpthosts ? 0 : later;
    default: break;
  }
  gate_close(g);                /* perhaps it was restarted: the next question goes to the new one */
  return later;
}

static int append(struct path *p, char const *s)
{
  size_t len = strlen(s);

  if (len > PATH_ADDRESS_MAX - p->len) return 0;
  memcpy(p->address + p->len, s, len + 1);
  p->len += len;
  return 1;
}

static int append_domain(struct gate const *g, struct path *p)
{
  return append(p, "@") && append(p, g->rules->site.envnoathost.s);
}

/* [our own address] names this host (RFC 5321 4.1.3) */
static void own_literal(struct gate const *g, struct path *p)
{
  struct net_address a;
  char ip[PEER_IP_MAX + 1];

  if (!p->literal || !net_literal(&a, p->address + p->at + 1, p->len - p->at - 1)) return;
  peer_text(ip, &a);
  if (strcmp(ip, g->peer->local_ip)) return;
  p->len = p->at + 1;
  append(p, g->rules->localiphost.s);
}

char const *gate_sender(struct gate const *g, struct path *p)
{
  if (!p->len || p->at < p->len) return 0;
  if (!g->rules->relayclient) return sender_no_domain;
  return append_domain(g, p) ? 0 : long_sender;
}

char const *gate_recipient(struct gate const *g, struct path *p)
{
  char const *relayclient = g->rules->relayclient;

  if (!p->len) return no_address;
  if (p->at == p->len) {
    if (!relayclient && strcasecmp(p->address, "postmaster")) return rcpt_no_domain;    /* RFC 5321 4.5.1 */
    if (!append_domain(g, p)) return long_address;
  }
  own_literal(g, p);
  return !relayclient || append(p, relayclient) ? 0 : long_address;
}

/* A postmaster hears even from those whom the site's block lists refuse: how else would they get off them? */
static int is_postmaster(char const *address)
{
  return !strncasecmp(address, "postmaster@", 11);
}

/* the site's own clients may be on any list, and know no better domain */
static char const *dns_says(struct gate *g, char const *sender, char const *address)
{
  char const *refusal;

  if (g->rules->relayclient) return 0;
  refusal = is_postmaster(address) ? 0 : dnscheck_client(&g->dns, g->peer->ip);
  return refusal ? refusal : dnscheck_sender(&g->dns, sender);
}

static char const *program_says(struct gate const *g, char const *sender, char const *address)
{
  struct rcptcheck_question q = {
    .protocol = g->protocol, .helo = g->helo, .ip = g->peer->ip, .host = g->peer->host, .sender = sender,
    .recipient = address,
  };

  return rcptcheck_ask(&q);
}

char const *gate_permits(struct gate *g, char const *sender, char const *address)
{
  enum rules_verdict verdict = rules_rcpt(g->rules, address);
  char const *refusal;

  if (rules_bad_sender(g->rules, sender)) return banned;
  if (rules_bad_recipient(g->rules, address)) return banned_recipient;
  if (verdict == RULES_REFUSE) return no_relay;
  if (verdict == RULES_LATER) return no_table;
  refusal = dns_says(g, sender, address);
  if (!refusal && verdict == RULES_LOCAL) refusal = exists(g, address);
  return refusal ? refusal : program_says(g, sender, address);
}

int gate_count(struct gate *g, char const *refusal)
{
  struct rules const *r = g->rules;
  unsigned int pause;

  if (*refusal != '5') return 0;
  g->refused++;
  if (g->known || !r->tarpitcount || g->refused <= r->tarpitcount || !r->tarpitdelay) return 0;
  pause = g->refused - r->tarpitcount;
  return (int)(pause > PAUSE_MAX || r->tarpitdelay > PAUSE_MAX / pause ? PAUSE_MAX : pause * r->tarpitdelay) * 1000;
}

unsigned int gate_tries(struct gate const *g)
{
  unsigned int max = g->rules->maxrcpt;

  return TRIES + 2 * (max > MAXRCPT_HIGH ? MAXRCPT_HIGH : max);
}

int gate_closed(struct gate const *g)
{
  return g->rules->brtlimit && g->refused >= g->rules->brtlimit;
}
