/* ask.h - questions to the name servers, with time limits, tries, EDNS and TCP where they are needed */

#ifndef LIB_DNS_ASK_H
#define LIB_DNS_ASK_H

#include "lib/dns/message.h"
#include "lib/io/net.h"

#define DNS_SERVERS_MAX 8
#define DNS_ASKED_MAX (DNS_SERVERS_MAX * (NET_TEXT_MAX + 16))
#define DNS_ASK_MAX 2           /* questions asked at the same time */

/* Adds a server to the list; those over the limit are left out. */
extern void dns_server_add(struct net_address const *);
extern unsigned int dns_server_count(void);
/* The servers of the list as text. */
extern void dns_asked(char s[DNS_ASKED_MAX]);

/* Asks n questions at the same time, each over sockets and with a number of its own, and waits for all; but once one
   of them is settled (DNS_FOUND), the others have only a moment longer. Fills status[] in the same order. */
extern void dns_ask(struct dns_question *const q[], enum dns_status status[], unsigned int n, long long deadline);

#endif
