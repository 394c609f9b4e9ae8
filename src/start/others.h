/*
 * others.h - programs of others that a service becomes, whichever is there: loggers and TCP servers
 *
 * Sizes, places and limits are one-value files in env/ below the folder in which a supervisor started us (envdir.h).
 * Neither returns: 100 for a name that is none, 111 when there is no such program.
 */

#ifndef START_OTHERS_H
#define START_OTHERS_H

/* As the log user: writes descriptor 0 into HOME/log/SERVICE by multilog, s6-log or svlogd. */
extern _Noreturn void others_log(char const *service);

/* The server of a network service, smtpd, submission, qmtpd or qmqpd, a process for each connection, by tcpserver or
   tcpsvd, which become the user of the network servers. */
extern _Noreturn void others_tcp(char const *service);

#endif
