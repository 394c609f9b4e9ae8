/* ready.h - telling the service manager that we serve now: sd_notify(3)'s protocol, without its library */

#ifndef LIB_IO_READY_H
#define LIB_IO_READY_H

/* Says so to the Unix socket that NOTIFY_SOCKET names, once, and takes the name out of the environment. Nothing where
   there is none; that it cannot be said is told to the log. */
extern void ready_tell(void);

#endif
