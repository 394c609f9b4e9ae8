/* launch.h - a new mail-local, without making a copy of root's process where that can be avoided */

#ifndef LOCAL_LAUNCH_H
#define LOCAL_LAUNCH_H

#include "local/child.h"
#include "local/task.h"

/* It becomes uid and gid, for whom the task is, and finds that in its socket (task.h), with the message. 0, or -1 with
   errno: there is none, and nothing is open. */
extern int launch(struct child *, uid_t uid, gid_t gid, struct task const *, int message);

#endif
