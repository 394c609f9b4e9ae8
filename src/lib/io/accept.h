/* accept.h - taking connections where the system may have no room for another one */

#ifndef LIB_IO_ACCEPT_H
#define LIB_IO_ACCEPT_H

/* The next connection that waits at a listening socket which does not block: its descriptor, close-on-exec, with
   SOCK_NONBLOCK or nothing else as flags. -1: none waits; or it cannot be taken, which the log has then, and *paused is
   the moment (io_clock) before which it is no use to try again. */
extern int accept_next(int listener, int flags, long long *paused);

#endif
