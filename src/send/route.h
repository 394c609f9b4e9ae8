/*
 * route.h - mail-send's settings, and the channel and domain of an address
 *
 * Only the keys of locals and virtualdomains matter here: mail-lookup reads the values.
 */

#ifndef SEND_ROUTE_H
#define SEND_ROUTE_H

#include <stddef.h>
#include <stdint.h>

#include "send/retry.h"
#include "lib/addr/site.h"
#include "lib/conf/control.h"

enum channel { CHANNEL_LOCAL, CHANNEL_REMOTE, CHANNELS };

#define CONCURRENCY_MAX 1000

struct route_settings {
  struct site site;
  struct control_table ratelimits;
  uint32_t concurrency[CHANNELS];
  uint32_t perhost, peruser;
  uint32_t lifetime;
  struct retry retry;
  uint32_t delaynotice;         /* 0: never */
  uint32_t timeoutreport;
  uint32_t delaynoticeall;      /* also to those who did not ask: 1 or 0 */
};

extern struct route_settings route_settings;

/* Reads all settings; of one that cannot be read the old value stays, and the log tells. 0, or -1 when one could
   not. */
extern int route_read(int first);

/* Reads those files anew that say whose mail ends here, when they have changed. 1; 0 when one has changed just now and
   may be in the middle of it: nothing should be routed until route_rest. */
extern int route_look(void);
/* io_clock; 0: routes hold. */
extern long long route_rest(void);

/* The channel; the domain is a part of the address, or envnoathost's value. */
extern enum channel route(char const *address, char const **domain, size_t *len);

#endif
