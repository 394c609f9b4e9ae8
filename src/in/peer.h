/*
 * peer.h - who is at the other end of the connection
 *
 * tcpserver and its kin tell it in the environment (ucspi-tcp(7)); under inetd and systemd the socket is asked. What
 * does not look like an address or a host name is as good as not there.
 */

#ifndef IN_PEER_H
#define IN_PEER_H

#include "lib/io/net.h"

#define PEER_IP_MAX (NET_TEXT_MAX - 1)
#define PEER_HOST_MAX 255

struct peer {
  char ip[PEER_IP_MAX + 1];             /* "" when unknown; IPv4 in dotted form even when it came mapped into IPv6 */
  char local_ip[PEER_IP_MAX + 1];
  char host[PEER_HOST_MAX + 1];         /* "" when unknown */
  char info[PEER_HOST_MAX + 1];         /* what the client's host says about its user; for the log alone */
  char via[PEER_IP_MAX + 1];            /* the front end that told us of it, or "" */
};

/* fd: the connection, asked only when TCPREMOTEIP is not set. */
extern void peer_find(struct peer *, int fd);

/* The same of a connection whose addresses are known; its host is not. */
extern void peer_known(struct peer *, struct net_address const *ip, struct net_address const *local);

/* The one found is a front end (proxy.h), and tells of another. Nothing but the two addresses is known of that. */
extern void peer_replace(struct peer *, char const *ip, char const *local_ip);

/* The fields of its addresses, in a line of the log. */
extern void peer_log(struct peer const *);

/* The usual text of an address, in PEER_IP_MAX + 1 bytes: dotted where it is IPv4 in the guise of IPv6. */
extern void peer_text(char *out, struct net_address const *);
/* The same of one that is a text: 1, or 0 when s is none. */
extern int peer_address(char *out, char const *s);

#endif
