/* networks.h - a setting that lists addresses and networks */

#ifndef LIB_CONF_NETWORKS_H
#define LIB_CONF_NETWORKS_H

#include <stddef.h>

#include "lib/io/net.h"

struct networks {
  struct net_network *network;
  size_t n;
};

/* Reads it (start with all zero), or reads it anew: 0, or -1 with errno, as control_table has it; what was read before
   stays then. */
extern int networks_read(struct networks *, char const *setting);

/* 1 when one of them has the address. */
extern int networks_have(struct networks const *, struct net_address const *);

#endif
