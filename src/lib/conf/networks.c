/* networks.c - see networks.h */

#include <stdlib.h>

#include "lib/conf/control.h"
#include "lib/conf/networks.h"

int networks_read(struct networks *networks, char const *setting)
{
  struct control_table t = { 0 };
  struct networks new = { 0 };
  size_t i;

  if (control_table(setting, &t, 0) == -1) return -1;
  new.network = calloc(t.n + 1, sizeof *new.network);
  if (new.network)
    for (i = 0; i < t.n; i++) new.n += (size_t)net_network_parse(new.network + new.n, t.entries[i].key);
  control_table_free(&t);
  if (!new.network) return -1;
  free(networks->network);
  *networks = new;
  return 0;
}

int networks_have(struct networks const *networks, struct net_address const *a)
{
  size_t i;

  for (i = 0; i < networks->n; i++)
    if (net_within(a, networks->network + i)) return 1;
  return 0;
}
