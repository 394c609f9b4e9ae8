/*
 * waits.h - why a recipient waits: what mail-send tells of destinations (door/hosts.h), and settings that hold mail
 *
 * For those who show it: mail-qread and mail-desk.
 */

#ifndef DOOR_WAITS_H
#define DOOR_WAITS_H

#include <stddef.h>
#include <stdint.h>

enum wait {
  WAIT_NOTHING,                 /* that is known */
  WAIT_HOST,                    /* no host of the domain could be talked to, until */
  WAIT_RATE,                    /* control/ratelimits allows no more, until */
  WAIT_DOMAIN,                  /* flights of limit deliveries to the domain are under way */
  WAIT_CHANNEL,                 /* the same for all local, or all remote ones */
  WAIT_STOPPED,                 /* control/concurrencylocal or control/concurrencyremote is 0 */
  WAITS
};

struct waits {
  enum wait wait;
  int local;                    /* the recipient is */
  int64_t until;                /* wall clock */
  uint32_t flights, limit;
  char const *domain;           /* of the recipient: part of the address or the settings */
  size_t domain_len;
};

/* Reads which domains are local; before the program locks itself in. Null, or what cannot be read (errno). */
extern char const *waits_settings(void);
/* Reads what mail-send tells, in the queue's directory; runs: the caller knows that it does, else it is looked at.
   Null, or why nothing can be known; then errno says more, or is 0. */
extern char const *waits_published(int runs);

/* Fills it for an address. */
extern void waits_find(struct waits *, char const *address);

#endif
