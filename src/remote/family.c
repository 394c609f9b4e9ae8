/* family.c - see family.h */

#include <string.h>
#include <sys/socket.h>

#include "lib/conf/control.h"
#include "remote/family.h"

static struct control_table ipversion;

int family_start(void)
{
  return control_table("ipversion", &ipversion, 1) == -1 ? -1 : 0;
}

int family_allows(char const *domain, int family)
{
  char const *value = control_find_domain(&ipversion, domain, strlen(domain));

  return !value || !*value || *value == (family == AF_INET6 ? '6' : '4');
}
