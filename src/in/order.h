/*
 * order.h - what a porter (mail-smtpd -l) and its dispatcher (mail-smtpd -w) say to each other: records of a SEQPACKET
 * socket
 *
 * Both are one program, so a record is a structure as it lies in memory. The dispatcher believes the porter. The porter
 * does what it is told of numbers that it gave out itself, and nothing else.
 */

#ifndef IN_ORDER_H
#define IN_ORDER_H

#include "in/access.h"
#include "lib/io/net.h"

#define ORDER_FD 3              /* the dispatcher's end */

enum order_kind {
  ORDER_SERVE,                  /* a connection, which comes along */
  ORDER_ROOM,                   /* end the session that has been silent longest; also after ORDER_RETIRE */
  ORDER_RETIRE                  /* no more connections will come: end when those that are under way are over */
};

/* For ORDER_ROOM and ORDER_RETIRE all but the kind is zero. */
struct order {
  enum order_kind kind;
  unsigned int place;           /* the porter's number of the connection, until it is told that it is over */
  struct net_address peer;      /* IPv4 as such, also where it came mapped into IPv6; with the port */
  struct net_address local;
  struct access rule;
  int hurry;                    /* ms in which the first command must come; 0: no hurry */
  int has_tls;                  /* see rules.h */
};

enum order_news_kind {
  ORDER_READY,                  /* settings are read, it is locked in: the first news, and no order before */
  ORDER_OVER,                   /* the session is through with the connection */
  ORDER_ALERT                   /* it died of a signal that no administrator sends; the connection is over, too */
};

struct order_news {
  enum order_news_kind kind;
  unsigned int place;           /* 0 for ORDER_READY */
};

/* The porter, whose end does not block. Sends an order, with the connection for ORDER_SERVE and else -1; it stays the
   caller's. 0, or -1 with errno (packet_send): EAGAIN when the dispatcher has not read the last ones. */
extern int order_send(int sock, struct order const *, int connection);

/* Takes the next piece of news. 1; 0 there is none now; -1 the dispatcher is gone (errno 0) or says what it never would
   (EPROTO). */
extern int order_hear(int sock, struct order_news *);

/* The dispatcher. Takes the next order: 1; 0 there is none now; -1 as above. *connection is the caller's then, or -1:
   it has none, or there was no room for its descriptor. */
extern int order_receive(int sock, struct order *, int *connection);

/* 0, or -1 with errno. */
extern int order_tell(int sock, enum order_news_kind, unsigned int place);

#endif
