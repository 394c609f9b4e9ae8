/*
 * message.h - the bytes of DNS messages (RFC 1035 section 4, RFC 6891): makes queries, reads answers
 *
 * Every byte of an answer is a stranger's. Nothing here reads outside of it; compression pointers may only
 * lead backwards, so they cannot loop; a message whose answer section does not hold together is refused whole.
 */

#ifndef LIB_DNS_MESSAGE_H
#define LIB_DNS_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/dns/status.h"

#define DNS_WIRE_MAX 255        /* bytes of a name in a message */
#define DNS_QUERY_MAX 300
#define DNS_MESSAGE_MAX 65535
#define DNS_UDP_MAX 1232        /* what EDNS offers to take: no fragments on any sane path */

enum dns_type { DNS_A = 1, DNS_CNAME = 5, DNS_MX = 15, DNS_AAAA = 28 };

struct dns_question {
  unsigned char name[DNS_WIRE_MAX];     /* lower-case; where a chain of CNAMEs led, after an answer */
  enum dns_type type;
  int moved;                            /* name is not the first one any more */
  /* gets each record of the answer, whose data is bytes at to at+len of the message m of mlen bytes; 1: it is sound */
  int (*found)(struct dns_question *, unsigned char const *m, size_t mlen, size_t at, size_t len);
  void *to;                             /* for found */
};

/* Text to a name of a message. 1, or 0 when it is not a host name: letters, digits, - and _, labels of 1 to 63. */
extern int dns_name_encode(unsigned char wire[DNS_WIRE_MAX], char const *text);

/* Back to text, without a dot at the end; "" for the root. 1, or 0 when it is not a host name. */
extern int dns_name_decode(char text[DNS_NAME_MAX + 1], unsigned char const *wire);

/* Takes the name at a position of a message apart. Returns the position after it, or 0 when it is unsound. */
extern size_t dns_name_expand(unsigned char wire[DNS_WIRE_MAX], unsigned char const *m, size_t len, size_t at);

/* Makes the query; its length. */
extern size_t dns_query_make(unsigned char q[DNS_QUERY_MAX], struct dns_question const *, uint16_t id, int edns);

/* 1 when a message is an answer to that query: id, flags, question. */
extern int dns_answer_fits(unsigned char const *m, size_t len, struct dns_question const *, uint16_t id);

/* For an answer that fits. */
extern int dns_answer_truncated(unsigned char const *m);
extern unsigned int dns_answer_code(unsigned char const *m);

/* Reads an answer that fits: follows CNAMEs inside it and hands the records over. DNS_NOTHING with moved set:
   the chain's end is not in this message, ask for it. DNS_LATER: it does not hold together, or the server failed, or
   knows others who may know. */
extern enum dns_status dns_answer_read(unsigned char const *m, size_t len, struct dns_question *);

#endif
