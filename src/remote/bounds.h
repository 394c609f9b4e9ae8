/* bounds.h - how long a job may take, and how many of its recipients go together: for mail-rspawn and its agents */

#ifndef REMOTE_BOUNDS_H
#define REMOTE_BOUNDS_H

#include "door/job.h"

/* The longest that a job may take, in seconds. */
extern long long bounds_seconds(unsigned int timeout_remote, struct job const *);

/* Reads control/remoterecipients. 0, or -1 with errno. */
extern int bounds_start(void);

/* What the site allows a transaction with a domain's hosts; there are never more than a job has. */
extern uint64_t bounds_rcpts(char const *domain);

#endif
