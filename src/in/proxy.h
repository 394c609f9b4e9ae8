/*
 * proxy.h - the PROXY header: what a front end (a load balancer) says about a client before the client's first byte
 *
 * Hides both versions of the protocol: 1, a line of text, and 2, a block that begins with bytes no such line has.
 * Whether the sender may be believed is not known here (front.h). It is read from the connection to its last byte
 * and not one further, however it was cut into packets: what follows belongs to the client.
 */

#ifndef IN_PROXY_H
#define IN_PROXY_H

#include <stddef.h>

#include "in/peer.h"

#define PROXY_LINE_MAX 107      /* bytes of version 1, its CRLF counted */
#define PROXY_MAX 4096          /* bytes of version 2, all of it */

struct proxy {
  int told;                     /* 0: the front end's own connection, or it does not know; then nothing else is set */
  char ip[PEER_IP_MAX + 1];
  char local_ip[PEER_IP_MAX + 1];
  unsigned int port;
  unsigned int local_port;
};

/* How many more bytes certainly belong to a header that begins with these; 0: it is whole, or none any more. */
extern size_t proxy_wants(char const *s, size_t len);

/* Reads a header of that length. Null, or what is wrong. */
extern char const *proxy_parse(struct proxy *, char const *s, size_t len);

/* Takes one from fd, until a time of io_clock(). Null, or what is wrong. */
extern char const *proxy_read(struct proxy *, int fd, long long until);

#endif
