/* rules.c - see rules.h */

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "door/limits.h"
#include "door/tls.h"
#include "in/extensions.h"
#include "in/morehosts.h"
#include "in/rules.h"
#include "lib/addr/idna.h"
#include "lib/conf/conf.h"
#include "lib/conf/offered.h"
#include "lib/msg/utf8.h"

#define SMTP RULES_SMTP
#define RCPTS (RULES_SMTP | RULES_QMTP)         /* those that ask who is at home here, and from whom mail is taken */
#define ALL (RULES_SMTP | RULES_QMTP | RULES_QMQP)
#define SUBMISSION RULES_SUBMISSION

static struct {
  char const *name;
  int of;               /* the protocols that have it */
  size_t at;
} const values[] = {
  { "me", ALL, offsetof(struct rules, me) },
  { "smtpgreeting", SMTP, offsetof(struct rules, greeting) },
  { "localiphost", RCPTS, offsetof(struct rules, localiphost) },
  { "idhost", SUBMISSION, offsetof(struct rules, idhost) },
}, numbers[] = {
  { "acceptunknown", RCPTS, offsetof(struct rules, acceptunknown) },
  { "brtlimit", RCPTS, offsetof(struct rules, brtlimit) },
  { "greetdelay", SMTP, offsetof(struct rules, greetdelay) },
  { "maxrcpt", RCPTS, offsetof(struct rules, maxrcpt) },
  { "sessionbytes", RCPTS, offsetof(struct rules, sessionbytes) },
  { "sessiontime", ALL, offsetof(struct rules, sessiontime) },
  { "starttls", SMTP, offsetof(struct rules, starttls) },
  { "strictpipelining", SMTP, offsetof(struct rules, strictpipelining) },
  { "tarpitcount", RCPTS, offsetof(struct rules, tarpitcount) },
  { "tarpitdelay", RCPTS, offsetof(struct rules, tarpitdelay) },
  { "timeoutsmtpd", ALL, offsetof(struct rules, timeoutsmtpd) },
}, lists[] = {
  { "badmailfrom", RCPTS, offsetof(struct rules, badmailfrom) },
  { "badmailto", RCPTS, offsetof(struct rules, badmailto) },
};

#define VALUE_MAX 400           /* bytes of a value: with code and line end the longest reply, RFC 5321 4.5.3.1.5 */

#define COUNT(a) (sizeof (a) / sizeof *(a))
#define FIELD(r, at) ((void *)((char *)(r) + (at)))

static int number_env(uint64_t *n, char const *s)
{
  if (access_number(n, s)) return 0;
  errno = EINVAL;
  return -1;
}

static int read_databytes(struct rules *r)
{
  char const *env = getenv("DATABYTES");
  unsigned int n;

  if (env) return number_env(&r->databytes, env);
  if (control_number("databytes", &n) == -1) return -1;
  r->databytes = n;
  return 0;
}

/* GREETDELAY goes before the file: a delay for strangers alone is a line of tcpserver's rules */
static int env_greetdelay(struct rules *r)
{
  char const *env = getenv("GREETDELAY");
  uint64_t n;

  if (!env) return 0;
  if (number_env(&n, env) == -1) return -1;
  r->greetdelay = n > ACCESS_DELAY_MAX ? ACCESS_DELAY_MAX : (unsigned int)n;
  return 0;
}

static char const *read_rows(struct rules *r, int of)
{
  size_t i;

  for (i = 0; i < COUNT(values); i++) {
    stralloc *value = FIELD(r, values[i].at);
    if (!(values[i].of & of)) continue;
    if (control_value(values[i].name, value) == -1) return values[i].name;
    errno = value->len ? EINVAL : ENOENT;
    if (!value->len || value->len > VALUE_MAX) return values[i].name;
  }
  for (i = 0; i < COUNT(numbers); i++)
    if (numbers[i].of & of && control_number(numbers[i].name, FIELD(r, numbers[i].at)) == -1) return numbers[i].name;
  for (i = 0; i < COUNT(lists); i++)
    if (lists[i].of & of && control_table(lists[i].name, FIELD(r, lists[i].at), 0) == -1) return lists[i].name;
  return 0;
}

static char const *read_domains(struct rules *r)
{
  char const *bad = site_read(&r->site, SITE_WHOLE, 0);

  if (bad) return bad;
  r->has_rcpthosts = control_table("rcpthosts", &r->rcpthosts, 0);
  if (r->has_rcpthosts == -1) return "rcpthosts";
  return r->has_rcpthosts && morehosts_open() == -1 ? "morercpthosts.cdb" : 0;
}

int rules_see_tls(void)
{
  char path[CONF_PATH_MAX];

  return access(conf_path(path, TLS_IN), F_OK) == 0;
}

static char const *read_logins(struct rules *r)
{
  if (networks_read(&r->authclear, "authclear") == -1) return "authclear";
  return login_mechanisms(&r->mechanisms) == -1 ? "authbackend or authmechanisms" : 0;
}

char const *rules_read(struct rules *r, int of)
{
  char const *bad = read_rows(r, of);

  if (!bad && of & RCPTS) bad = read_domains(r);
  if (!bad && of & SUBMISSION) bad = read_logins(r);
  if (bad) return bad;
  r->protocol = of;
  if (of & SMTP && env_greetdelay(r) == -1) return "greetdelay";
  if (of & SMTP && extensions_start() == -1) return "ehlohide";
  r->has_tls = of & SMTP && r->starttls && rules_see_tls();
  r->relayclient = getenv("RELAYCLIENT");
  return read_databytes(r) == -1 ? "databytes" : 0;
}

void rules_allow(struct rules *r, struct access const *a)
{
  if (a->has_relayclient) r->relayclient = a->relayclient;
  if (a->has_databytes) r->databytes = a->databytes;
  if (a->has_greetdelay) r->greetdelay = a->greetdelay;
}

/* Like control_find_domain, but an entry for every domain there is does not count: it says where outgoing mail
   goes, not that the domains are ours. */
static char const *find_named(struct control_table const *t, char const *domain)
{
  char const *value = control_find_domain(t, domain, strlen(domain));

  return value && value == control_find(t, "", 0) ? 0 : value;
}

/* The address that mail-send makes of one with a domain by percenthack: the domain that counts for relaying is the one
   that comes out. Null when it is too long. */
static char const *rewrite(struct rules const *r, char copy[ADDRESS_MAX + 1], char const *address, enum site_kind *kind)
{
  struct site_address a;

  if (!strchr(address, '@')) return 0;
  site_resolve(&r->site, address, &a);
  *kind = a.kind;
  return site_write(copy, ADDRESS_MAX + 1, &a);
}

enum rules_verdict rules_rcpt(struct rules const *r, char const *address)
{
  char copy[ADDRESS_MAX + 1];
  enum site_kind kind;
  char const *domain = rewrite(r, copy, address, &kind);
  int ours, taken;

  if (!domain) return RULES_REFUSE;
  ours = kind == SITE_LOCAL || kind == SITE_VIRTUAL;
  taken = r->relayclient || (r->has_rcpthosts ? find_named(&r->rcpthosts, domain) != 0 : ours);
  if (!taken && r->has_rcpthosts) taken = morehosts_has(domain);
  if (taken == -1) return RULES_LATER;
  if (!taken) return RULES_REFUSE;
  return ours ? RULES_LOCAL : RULES_RELAY;
}

/* as a whole, or as @domain */
static int is_listed(struct control_table const *t, char const *address)
{
  char const *at = strrchr(address, '@');

  return control_find(t, address, strlen(address)) || (at && control_find(t, at, strlen(at)));
}

/* a domain beyond ASCII has another name, the one in the DNS: who is banned by that must not get in by the other */
static int is_banned(struct control_table const *t, char const *address)
{
  char copy[ADDRESS_MAX + 1 + IDNA_DOMAIN_MAX + 1];
  char const *at = strrchr(address, '@');
  size_t local = at ? (size_t)(at + 1 - address) : 0;

  if (is_listed(t, address)) return 1;
  if (!at || local > ADDRESS_MAX || !utf8_beyond_ascii(at + 1) || !idna_domain(copy + local, at + 1)) return 0;
  memcpy(copy, address, local);
  return is_listed(t, copy);
}

int rules_bad_sender(struct rules const *r, char const *address)
{
  return is_banned(&r->badmailfrom, address);
}

int rules_bad_recipient(struct rules const *r, char const *address)
{
  char copy[ADDRESS_MAX + 1];
  enum site_kind kind;

  return is_banned(&r->badmailto, address) || (rewrite(r, copy, address, &kind) && is_banned(&r->badmailto, copy));
}
