/*
 * porter.h - connections to the one Unix socket that a domain's mail goes to, by a helper (remote/reach.h) that is
 * forked before the lock
 */

#ifndef REMOTE_PORTER_H
#define REMOTE_PORTER_H

/* Makes the helper, for the life of this process; path stays the caller's and must not change. 0, or -1 with errno. */
extern int porter_start(char const *path);

/* A new connection, as reach_ask. -1 with errno: EPERM when this process was started from behind a lock that forbids
   it. */
extern int porter_connect(unsigned int seconds);

#endif
