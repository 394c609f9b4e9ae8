/*
 * route.h - where mail for a domain goes: control/transports, control/qmtproutes, control/smtproutes, an address
 * literal, MX records, or the domain's own addresses (RFC 5321 section 5.1, RFC 7505)
 */

#ifndef REMOTE_ROUTE_H
#define REMOTE_ROUTE_H

#include "door/report.h"
#include "lib/dns/dns.h"

#define ROUTE_TARGETS_MAX 10    /* addresses tried for one message */
#define ROUTE_OF_HOST_MAX 4     /* of them for one host, so that a second one has its turn */

enum protocol { PROTOCOL_SMTP, PROTOCOL_LMTP, PROTOCOL_QMTP };

struct target {
  unsigned int host;            /* addresses of one host have one number */
  enum protocol protocol;
  int own;                      /* as the route */
  int named;                    /* name is the word of control/, not that of the DNS */
  int clear;                    /* no TLS any more: a handshake failed that need not succeed */
  int tried;                    /* for whoever goes through them; 0 at first */
  char name[DNS_NAME_MAX + 1];
  struct net_address address;   /* with the port; of family AF_UNIX: name is the path of a socket */
};

struct route {
  char const *domain;           /* as route_find was asked */
  int own;                      /* control/ has a word in it, or in the port: not for strangers (remote/told.h) */
  int named;                    /* control/ has the name of the host */
  int barred;                   /* an address was left out, since control/ipversion allows none of its kind */
  unsigned int n;
  struct target target[ROUTE_TARGETS_MAX];      /* in the order to try them */
  char why[TEXT_MAX + 1];       /* when there is none, or others may be missing now: status and text */
};

/* Reads control/smtproutes, control/qmtproutes, control/transports, control/ipversion and control/me. 0, or -1 with
   errno. */
extern int route_start(void);

/* Does control/ itself name the host that takes a domain's mail by SMTP or LMTP? */
extern int route_named(char const *domain);

/* Or may it be the DNS, or the domain itself as an address? Then this host's own addresses are to be known. */
extern int route_by_dns(char const *domain);

/* RESULT_DONE: found. RESULT_LATER, RESULT_FAILED: not, see why. Keeps domain. Deadline as of io_clock. */
extern enum result route_find(struct route *, char const *domain, long long deadline);

/* "host[address]:port" */
extern void route_relay(char relay[REPORT_RELAY_MAX + 1], struct target const *);

#endif
