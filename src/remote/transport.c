/* transport.c - see transport.h */

#include <string.h>

#include "lib/conf/control.h"
#include "remote/transport.h"

static struct control_table transports;

int transport_start(void)
{
  return control_table("transports", &transports, 1);
}

enum transport transport_find(char const *domain, char const **rest)
{
  char const *line = control_find_domain(&transports, domain, strlen(domain));

  return value_transport(line ? line : "smtp", rest);
}

char const *transport_socket(char const *domain)
{
  char const *path;

  return transport_find(domain, &path) == TRANSPORT_SOCKET ? path : 0;
}
