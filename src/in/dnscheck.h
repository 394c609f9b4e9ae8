/*
 * dnscheck.h - what the DNS has against a client or a sender: control/dnsbllist, control/mfcheck
 *
 * A block list is a zone in which listed addresses have A records (RFC 5782). Only answers within the ranges that the
 * setting names count: an operator's "you ask too much" (127.255.255.x), a name server that invents answers or a
 * zone whose domain was sold refuse nobody. Nor does any trouble.
 */

#ifndef IN_DNSCHECK_H
#define IN_DNSCHECK_H

#include "lib/addr/idna.h"

#define DNSCHECK_REPLY_MAX 400

/* What was found out for one client. Start with all zero. */
struct dnscheck {
  int asked;                    /* the lists were */
  char const *client;           /* what they say */
  char reply[DNSCHECK_REPLY_MAX + 1];
  char domain[IDNA_DOMAIN_MAX + 1];     /* asked about last */
  char const *sender;           /* what was said of it */
};

/* Reads both settings. Null, or the name of what cannot be used (errno tells why). */
extern char const *dnscheck_start(void);

/* 1 when a client needs a resolver: no list is asked about one whose address is not known. */
extern int dnscheck_asks(int known);

/* Null, or an SMTP reply, good until the next call. Each asks the DNS once for the same client, or sender. */
extern char const *dnscheck_sender(struct dnscheck *, char const *sender);
extern char const *dnscheck_client(struct dnscheck *, char const *ip);

#endif
