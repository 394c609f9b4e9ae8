/*
 * porter.h - connections to the Unix sockets that mail-remote needs: the one that a domain's mail goes to, mail-tlsd's
 *
 * The kernel cannot bound to which sockets of the file system a locked-in process connects, and the queue's is among
 * them. So mail-remote, which hears hostile servers, may connect to none. To the socket in control/transports a helper
 * does that is forked before the lock; to mail-tlsd mail-transport, for which mail-rspawn is asked by the socket of the
 * jobs. Either connects to this one path whenever it is asked, and reads nothing but that question: one byte, the
 * seconds. The answer is an errno, or 0 with the connection.
 */

#ifndef REMOTE_PORTER_H
#define REMOTE_PORTER_H

#define PORTER_QUESTION 1       /* bytes of one; no other record of mail-remote is as short */
#define PORTER_PATIENCE 5       /* seconds, as for a restart of the server */

/* Makes the helper, for the life of this process; path stays the caller's and must not change. 0, or -1 with errno. */
extern int porter_start(char const *path);

/* Asks it for a new connection, non-blocking. A socket that is missing or busy is waited for, at most so many seconds
   (and not over PORTER_PATIENCE). -1 with errno: EPERM when this process was started from behind a lock that forbids
   it. */
extern int porter_connect(unsigned int seconds);

/* The same, of whoever is at the other end of a blocking socket. */
extern int porter_ask(int sock, unsigned int seconds);

/* Answers a question, with an errno in any case. 0, or -1 with errno. */
extern int porter_answer(int sock, char const *path, unsigned int seconds);
extern int porter_refuse(int sock, int e);

#endif
