/* ask.h - one question to the name servers, with time limits, tries, EDNS and TCP where they are needed */

#ifndef DNS_ASK_H
#define DNS_ASK_H

#include "lib/dns/message.h"

#define DNS_SERVERS_MAX 8

/* Adds a server to the list; those over the limit are left out. */
extern void dns_server_add(struct net_address const *);
extern unsigned int dns_server_count(void);

extern enum dns_status dns_ask(struct dns_question *, long long deadline);

#endif
