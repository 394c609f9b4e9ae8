/* source.c - see source.h */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/conf/control.h"
#include "remote/source.h"

static struct control_table outgoingip;
static char const *bare;        /* the address of a line that has nothing else */

/* The address of a family in a line's value, two addresses at most. 1 found, 0 none, -1 not of the form. */
static int pick(struct net_address *a, char const *value, int family)
{
  struct net_address one[2];
  size_t n = 0, len;
  int found = 0;

  for (; *value; value += len + (value[len] == ',')) {
    len = strcspn(value, ",");
    if (n == 2 || !net_parse(one + n, value, len) || (value[len] && !value[len + 1])) return -1;
    if (one[n].family == family) {
      *a = one[n];
      found++;
    }
    n++;
  }
  return n == 2 && found != 1 ? -1 : found;
}

int source_start(void)
{
  struct net_address a;
  size_t i;
  int r = control_table("outgoingip", &outgoingip, 1);

  if (r == -1) return -1;
  for (i = 0; i < outgoingip.n; i++) {
    struct control_entry const *e = outgoingip.entries + i;
    if (!*e->value && net_parse(&a, e->key, e->len)) bare = e->key;
    /* "2001:db8::1" would be a domain 2001: such an address needs the colon in front */
    else if (pick(&a, e->value, AF_INET) == -1 || (e->len && strspn(e->key, "0123456789abcdef") == e->len)) {
      errno = EINVAL;
      return -1;
    }
  }
  return 0;
}

int source_find(struct net_address *a, char const *domain, int family)
{
  char const *value = control_find_domain(&outgoingip, domain, strlen(domain));

  if (!value) value = bare;
  return value && pick(a, value, family) == 1;
}

int source_any(char const *domain)
{
  struct net_address a;

  return source_find(&a, domain, AF_INET) || source_find(&a, domain, AF_INET6);
}
