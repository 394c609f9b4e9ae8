/* net.h - IP addresses, connections to them and sockets that listen there: no names, no resolver */

#ifndef LIB_IO_NET_H
#define LIB_IO_NET_H

#include <stddef.h>

#define NET_TEXT_MAX 46         /* any address as text, with its NUL: INET6_ADDRSTRLEN */

struct net_address {
  int family;                   /* AF_INET or AF_INET6 */
  unsigned int port;
  unsigned int scope;           /* the interface of an IPv6 link-local address, else 0 */
  unsigned char ip[16];         /* 4 bytes of them for AF_INET */
};

/* Reads an IPv4 or IPv6 address. 1, or 0 when text is none. The port becomes 0. */
extern int net_parse(struct net_address *, char const *text, size_t len);

/* The same followed by :port, with [] around the address where it is IPv6; without a port it is standard. */
extern int net_parse_port(struct net_address *, char const *text, unsigned int standard);

/* Reads an address literal, [192.0.2.1] or [IPv6:2001:db8::1] (RFC 5321 4.1.3), with its brackets. The same results. */
extern int net_literal(struct net_address *, char const *text, size_t len);

/* Reads a port from 1 to 65535; 0 for anything else. */
extern unsigned int net_port(char const *text);

/* The address alone as text. */
extern void net_format(char s[NET_TEXT_MAX], struct net_address const *);

/* 1 when the addresses are equal, whatever the ports; ::ffff:a.b.c.d equals a.b.c.d. */
extern int net_same(struct net_address const *, struct net_address const *);

/* Makes ::ffff:a.b.c.d the IPv4 address that it is. */
extern void net_plain(struct net_address *);

struct sockaddr_storage;
/* What the kernel says of an address and its port (accept, getpeername, getsockname), IPv4 as such. 1, or 0 when it is
   of another family. */
extern int net_from(struct net_address *, struct sockaddr_storage const *);

struct net_network {
  struct net_address first;
  unsigned int bits;            /* that count: up to 32 or 128 */
};

/* Reads ADDRESS or ADDRESS/BITS. 1; or 0 when it is none, is everybody's (/0), has a bit set behind those that count
   (192.0.2.1/24 is a mistake), or is ::ffff:a.b.c.d, which no address equals. */
extern int net_network_parse(struct net_network *, char const *text);

/* 1 when the address is one of the network's; ::ffff:a.b.c.d counts as a.b.c.d. */
extern int net_within(struct net_address const *, struct net_network const *);

/* A socket of that type, non-blocking and close-on-exec, on its way to be connected. From: our own address of the same
   family to use (its port does not count), or null for the system's choice. When it is writable, net_came says what
   became of it: 0 or an errno. -1 with errno when it cannot even start. */
extern int net_begin(struct net_address const *, struct net_address const *from, int type);
extern int net_came(int fd);

/* A TCP socket that listens there, non-blocking and close-on-exec; one of IPv6 takes no IPv4. -1 with errno. */
extern int net_listen(struct net_address const *, int backlog);

/* A socket of that type, connected, non-blocking and close-on-exec, or -1 with errno; ETIMEDOUT when the
   deadline (io_clock) came first. */
extern int net_connect(struct net_address const *, int type, long long deadline);

#endif
