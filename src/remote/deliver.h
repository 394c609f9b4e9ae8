/* deliver.h - one job: an open session or a new one, host after host, until every recipient has its result */

#ifndef REMOTE_DELIVER_H
#define REMOTE_DELIVER_H

#include "door/job.h"
#include "door/report.h"

/* Reads what it needs of control/ and the system. 0, or -1 with errno and *what saying what could not be read. */
extern int deliver_start(char const *domain, char const **what);

/* Does a job and fills its report; its texts stay until the next call. The session stays open afterwards. */
extern void deliver(struct job const *, int message, char const *domain, struct report *);

/* Says goodbye to the host of the last job. */
extern void deliver_end(void);

#endif
