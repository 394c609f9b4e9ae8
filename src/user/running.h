/* running.h - which services run, as everybody may see it: by the names and users of processes */

#ifndef USER_RUNNING_H
#define USER_RUNNING_H

/* May the caller see processes of others here? */
extern int running_visible(void);
/* 1, 0, or -1: there is no such service. */
extern int running_service(char const *name);

#endif
