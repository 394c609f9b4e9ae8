/*
 * dnscheck.h - what the DNS has against a client or a sender: control/dnsbllist, control/mfcheck
 *
 * A block list is a zone in which listed addresses have A records (RFC 5782). Only answers within the ranges that the
 * setting names count: an operator's "you ask too much" (127.255.255.x), a name server that invents answers or a
 * zone whose domain was sold refuse nobody. Nor does any trouble.
 */

#ifndef IN_DNSCHECK_H
#define IN_DNSCHECK_H

/* Reads both settings and starts the resolver if one of them needs it: no list is asked about a client without
   an address
   (ip ""), and nothing at all where ip is null. Null, or the name of what cannot be used (errno tells why). */
extern char const *dnscheck_start(char const *ip);

/* Null, or an SMTP reply, good until the next call. Each asks the DNS once for the same client, or sender. */
extern char const *dnscheck_sender(char const *sender);
extern char const *dnscheck_client(char const *ip);

#endif
