/* complete.c - see complete.h */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/addr/spec.h"
#include "lib/conf/control.h"
#include "lib/io/log.h"
#include "user/complete.h"

enum { HOST, DOMAIN, PLUS, ID, NAMES };

static struct {
  char const *variable;
  char const *setting;
  stralloc value;
} names[NAMES] = {
  { "QMAILDEFAULTHOST", "defaulthost", STRALLOC_ZERO },
  { "QMAILDEFAULTDOMAIN", "defaultdomain", STRALLOC_ZERO },
  { "QMAILPLUSDOMAIN", "plusdomain", STRALLOC_ZERO },
  { "QMAILIDHOST", "idhost", STRALLOC_ZERO },
};

static stralloc const *name(int which)
{
  stralloc *sa = &names[which].value;
  char const *s = getenv(names[which].variable);

  if (sa->s) return sa;
  if (s) {
    if (!stralloc_copys(sa, s) || !stralloc_0(sa)) log_die(111, "fatal: out of memory", (char *)0);
    sa->len--;
    if (!spec_domain_ok(sa->s, sa->len))
      log_diex(100, "fatal: the environment variable ", names[which].variable, " is no domain: ", s, (char *)0);
    return sa;
  }
  if (control_value(names[which].setting, sa) == -1)
    log_die(111, "fatal: cannot read the setting control/", names[which].setting, (char *)0);
  if (!spec_domain_ok(sa->s, sa->len))
    log_diex(111, "fatal: there is no sound name in control/", names[which].setting, " nor in control/me: '", sa->s,
             "'; write the full name of this host into control/me", (char *)0);
  return sa;
}

/* On a host whose full name has no dot it stands for itself: user@vm is a user here, user@vm.vm nobody. */
static int is_default(stralloc const *domain)
{
  stralloc const *d = name(DOMAIN);

  return domain->len == d->len && !strncasecmp(domain->s, d->s, d->len);
}

int complete_domain(stralloc *domain, void *data)
{
  (void)data;
  if (!domain->len && !stralloc_cat(domain, name(HOST))) return 0;
  if (domain->s[0] == '[') return 1;
  if (domain->s[domain->len - 1] == '+') {
    domain->len--;
    return stralloc_catb(domain, ".", 1) && stralloc_cat(domain, name(PLUS));
  }
  if (memchr(domain->s, '.', domain->len) || is_default(domain)) return 1;
  return stralloc_catb(domain, ".", 1) && stralloc_cat(domain, name(DOMAIN));
}

char const *complete_idhost(void)
{
  return name(ID)->s;
}
