/* net.h - IP addresses and connections to them: no names, no resolver */

#ifndef LIB_IO_NET_H
#define LIB_IO_NET_H

#include <stddef.h>

#define NET_TEXT_MAX 48         /* any address as text, with its NUL */

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

/* Reads a port from 1 to 65535; 0 for anything else. */
extern unsigned int net_port(char const *text);

/* The address alone as text. */
extern void net_format(char s[NET_TEXT_MAX], struct net_address const *);

/* 1 when the addresses are equal, whatever the ports; ::ffff:a.b.c.d equals a.b.c.d. */
extern int net_same(struct net_address const *, struct net_address const *);

/* A socket of that type, non-blocking and close-on-exec, on its way to be connected. From: our own address of the same
   family to use (its port does not count), or null for the system's choice. When it is writable, net_came says what
   became of it: 0 or an errno. -1 with errno when it cannot even start. */
extern int net_begin(struct net_address const *, struct net_address const *from, int type);
extern int net_came(int fd);

/* A socket of that type, connected, non-blocking and close-on-exec, or -1 with errno; ETIMEDOUT when the
   deadline (io_clock) came first. */
extern int net_connect(struct net_address const *, int type, long long deadline);

#endif
