/*
 * value.h - values of settings that have parts: the programs that use one and form.h, which checks it, read it here
 */

#ifndef LIB_CONF_VALUE_H
#define LIB_CONF_VALUE_H

#include <stdint.h>

#include "lib/io/net.h"

/* control/dnsbllist, behind the zone: ANSWER[-ANSWER][,...][:TEXT], addresses of 127.0.0.0/8, or nothing, which means
   127.0.0.2-127.0.0.254. 1 when the answer ip (host byte order) is among them, 0 when not, -1: not of this form. */
extern int value_answers(char const *, uint32_t ip);

/* control/outgoingip: ADDRESS[,ADDRESS], one of each family, or nothing. 1 with the one of that family; 0: there is
   none; -1: not of this form. */
extern int value_source(struct net_address *, char const *, int family);

/* control/smtproutes, qmtproutes and LMTP's hosts: HOST, [ADDRESS] or nothing, and then :PORT or nothing. 1, with what
   stands before the port, an address without brackets and tag; port stays as it is where none is given. 0 when it is no
   port, or does not fit into size bytes. */
extern int value_place(char const *, char *host, size_t size, unsigned int *port);

/* control/ratelimits: MESSAGES[/CONNECTIONS], of which one may be missing; what is more than most counts as most. 1; or
   0 when it is none of that, and both are 0. */
extern int value_rate(char const *, uint32_t most, uint32_t max[2]);

enum service { SERVICE_SMTP, SERVICE_QMTP, SERVICE_QMQP, SERVICE_SUBMISSION, SERVICE_SUBMISSIONS, SERVICES };
extern char const *const value_services[SERVICES];      /* their names */

/* control/listen: ADDRESS:PORT[:SERVICE], with [] around an IPv6 address; without an address, all of both families, and
   the family is 0 then. SERVICE is smtp where none is given. 1, or 0 when it is none of that. */
extern int value_listen(struct net_address *, enum service *, char const *);

/* The one of a name; SERVICES when it is none. */
extern enum service value_service(char const *);

#define TRANSPORT_WORDS_MAX 16      /* of a program's line */
#define TRANSPORT_PROGRAM_MAX 1024  /* bytes of it */

enum transport { TRANSPORT_SMTP, TRANSPORT_LMTP, TRANSPORT_SOCKET, TRANSPORT_PROGRAM, TRANSPORT_BAD };

/* control/transports: "smtp", "lmtp:HOST", "lmtp:/SOCKET" or "program:/PATH WORD...". *rest: what stands behind the
   kind (HOST is for others to judge); or all of a line that is bad. */
extern enum transport value_transport(char const *, char const **rest);

#endif
