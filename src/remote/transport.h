/*
 * transport.h - control/transports: domains whose mail goes another way than by SMTP to the hosts of route.h
 *
 *      example.org:lmtp:host[:port]            LMTP (RFC 2033); the port is 24
 *      example.org:lmtp:/path/of/socket        the same over a Unix socket
 *      example.org:program:/path word...       a program in the place of mail-remote (mail-transport(8))
 *      example.org:smtp                        as if there were no line: an exception to a wider one
 *
 * The keys are those of control/smtproutes. mail-rspawn, mail-remote and mail-transport all ask here; between two
 * readings of the file they may disagree, so each puts off what is not its own.
 */

#ifndef REMOTE_TRANSPORT_H
#define REMOTE_TRANSPORT_H

#include "lib/conf/value.h"

#define TRANSPORT_LMTP_PORT 24
#define TRANSPORT_TLS "/"       /* in the place of a domain, to mail-transport: a connection to mail-tlsd is wanted */

/* Reads the file; again after a change. 1; 0: there is none; -1 with errno, and what was read before stays. */
extern int transport_start(void);

/* How mail for a domain goes, and what its line has behind the kind (value_transport); that stays until the next
   transport_start. */
extern enum transport transport_find(char const *domain, char const **rest);

/* The path of the Unix socket that mail for a domain goes to, and so never to the network; or null. */
extern char const *transport_socket(char const *domain);

#endif
