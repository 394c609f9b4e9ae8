/*
 * reach.h - Unix sockets for processes that may connect to none: another one connects, and hands the connection over
 *
 * The kernel cannot bound to which sockets of the file system a locked-in process connects, and the queue's is among
 * them. So mail-remote, which hears hostile servers, may connect to none. To the socket in control/transports a helper
 * does (remote/porter.h); to mail-tlsd mail-transport, for which mail-rspawn is asked by the socket of the jobs. Either
 * connects to this one path whenever it is asked, and reads nothing but that question: one byte, the seconds. The
 * answer is an errno, or 0 with the connection.
 */

#ifndef REMOTE_REACH_H
#define REMOTE_REACH_H

#define REACH_QUESTION 1        /* bytes of one; no other record of mail-remote is as short */
#define REACH_PATIENCE 5        /* seconds, as for a restart of the server */

/* Asks whoever is at the other end of a blocking socket for a new connection, non-blocking. A socket that is missing or
   busy is waited for, at most so many seconds (and not over REACH_PATIENCE). -1 with errno. */
extern int reach_ask(int sock, unsigned int seconds);

/* Answers a question, with an errno in any case. 0, or -1 with errno. */
extern int reach_answer(int sock, char const *path, unsigned int seconds);
extern int reach_refuse(int sock, int e);

#endif
