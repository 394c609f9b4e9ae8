/*
 * porter.h - connections to the one Unix socket that a domain's mail goes to
 *
 * The kernel cannot bound to which sockets of the file system a locked-in process connects, and the queue's is among
 * them. So mail-remote, which hears hostile servers, may connect to none: a helper that is forked before the lock does,
 * to this one path and whenever it is asked. It reads nothing but that question.
 */

#ifndef REMOTE_PORTER_H
#define REMOTE_PORTER_H

/* Makes the helper, for the life of this process; path stays the caller's and must not change. 0, or -1 with errno. */
extern int porter_start(char const *path);

/* A new connection, non-blocking. A socket that is missing or busy is waited for, at most so many seconds (and not
   over PORTER_PATIENCE). -1 with errno: EPERM when this process was started from behind a lock that forbids it. */
extern int porter_connect(unsigned int seconds);

#define PORTER_PATIENCE 5       /* seconds, as for a restart of the server */

#endif
