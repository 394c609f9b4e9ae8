/*
 * policy.h - control/tlspolicy: whether sessions with a host are encrypted, and what its certificate has to show
 *
 * Keys are those of control/smtproutes, for the domain of the recipients or for the host that takes their mail: the
 * domain's line counts before the host's, and both before the one for all.
 */

#ifndef REMOTE_POLICY_H
#define REMOTE_POLICY_H

#include "lib/conf/tlspolicy.h"
#include "remote/route.h"

/* Reads the file. 0, or -1 with errno. */
extern int policy_start(void);

/* For a target of a domain's route. Of SECURE there are always names: where the line has none, that of a host which
   control/ names, by its route or here; else, since anybody can answer for the DNS, the domain itself and what is below
   it. 1, or 0 when the line that counts is none. */
extern int policy_find(struct tlspolicy *, char const *domain, struct target const *);

#endif
