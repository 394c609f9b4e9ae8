/* policy.c - see policy.h */

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/conf/control.h"
#include "remote/policy.h"

static struct control_table tlspolicy;

int policy_start(void)
{
  return control_table("tlspolicy", &tlspolicy, 1) == -1 ? -1 : 0;
}

/* Null where there is none; *by_host: it is the host's. */
static char const *line(char const *domain, char const *host, int *by_host)
{
  char const *all = control_find(&tlspolicy, "", 0);
  char const *s = control_find_domain(&tlspolicy, domain, strlen(domain));

  *by_host = 0;
  if (s != all) return s;
  s = control_find_domain(&tlspolicy, host, strlen(host));
  *by_host = s != all;
  return s;
}

int policy_find(struct tlspolicy *p, char const *domain, struct target const *t)
{
  int by_host = 0;
  int local = t->address.family == AF_UNIX;
  char const *s = local ? "none" : line(domain, t->name, &by_host);

  if (!tlspolicy_read(p, s ? s : "may")) return 0;
  if (p->level != TLSPOLICY_SECURE || *p->names) return 1;
  if (t->named || by_host) snprintf(p->names, sizeof p->names, "%s", t->name);
  else snprintf(p->names, sizeof p->names, "%s .%s", domain, domain);
  return 1;
}
