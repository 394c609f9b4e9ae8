/*
 * access.h - what a client may, by its address: the porter's look into the rules
 *
 * Rules are what tcprules makes of them, control/smtp.cdb for SMTP, looked up anew for each connection as tcpserver
 * does without names and ident: the address, its prefixes that end in a dot or a colon from the longest to the
 * shortest, nothing. Where none of them is there, control/relayclients says who may relay.
 */

#ifndef IN_ACCESS_H
#define IN_ACCESS_H

#include <stdint.h>

#include "lib/io/net.h"

#define ACCESS_RELAY_MAX 255
#define ACCESS_DELAY_MAX 86400  /* seconds; more counts as this */

/* What a rule sets; what it does not set is as control/ has it. */
struct access {
  int has_relayclient;
  char relayclient[ACCESS_RELAY_MAX + 1];       /* what every recipient gets appended */
  int has_databytes;
  uint64_t databytes;
  int has_greetdelay;
  unsigned int greetdelay;      /* seconds */
};

enum access_verdict {
  ACCESS_ALLOW,
  ACCESS_OWN,           /* a rule sets more than that, or what is wrong: such a client gets a process of its own */
  ACCESS_DENY,
  ACCESS_LATER          /* the rules cannot be read now; the log has why */
};

/* Once: table is the rules' name in control/, and stays the caller's. What of its variables this process has in its
   environment holds for all clients of whom no rule says otherwise. */
extern void access_start(char const *table);

/* Reads relayclients. 0, or -1: what was read before stays. */
extern int access_read(void);

/* ip: the address as text. */
extern enum access_verdict access_find(struct access *, struct net_address const *, char const *ip);

/* The variables of the rule that was found last, in a child that becomes a program. 0, or -1 without memory. */
extern int access_environment(void);
/* None of the variables that rules set: in a child that gets them otherwise. */
extern void access_clear_environment(void);

/* A number as rules and the environment have it: decimal digits alone. 1, or 0 when it is none or too large. */
extern int access_number(uint64_t *, char const *);

#endif
