/*
 * ended.h - what is said of a child that has ended, and whether that was a fault of it
 */

#ifndef LIB_IO_ENDED_H
#define LIB_IO_ENDED_H

#include <sys/types.h>

/* Of a status of waitpid. 1 when it died of a signal that no administrator sends, SIGTERM and SIGKILL being those that
   one does: somebody may have tried to break in, and the next of its kind must not find the same layout and canary, as
   those have that are forked here. 0 else. The log has an alert for any signal: "alert: WHAT PID died of signal N". */
extern int ended_badly(char const *what, pid_t, int status);

/* Goes on with a line of the log: " was killed by signal N" or " exited N". */
extern void ended_how(int status);

#endif
