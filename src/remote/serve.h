/* serve.h - the life of mail-remote, and of mail-transport for one domain: a job, its report, the next one */

#ifndef REMOTE_SERVE_H
#define REMOTE_SERVE_H

#include "door/job.h"
#include "door/report.h"

/* Does a job and fills its report; the message's descriptor is closed afterwards. */
typedef void serve_job(struct job const *, int message, char const *domain, struct report *);

/* Until no more jobs come by the socket, or nobody wants their reports. Dies with 111 of what is no job. */
extern void serve(int sock, char const *domain, serve_job *);

#endif
