/*
 * form.h - what values settings may have: one checker for the programs that read them and for mail-showctl
 *
 * Only form is looked at: whether a host exists, or a program is there, is found out when it is needed.
 */

#ifndef LIB_CONF_FORM_H
#define LIB_CONF_FORM_H

#include <stddef.h>

enum form {
  FORM_NUMBER,          /* from least on; what is more than most counts as most */
  FORM_SWITCH,          /* 0 or 1 */
  FORM_HOST,            /* a host name or [address] */
  FORM_USER,            /* what stands before an @ */
  FORM_ACCOUNT,         /* the same, or nothing */
  FORM_GREETING,
  FORM_MARKS,           /* that may stand between a user and what does not count */
  FORM_DELIVERY,        /* a line of a .qmail file */
  FORM_PROGRAM,         /* a path */
  FORM_BACKEND,         /* who knows passwords */
  FORM_PATHS,           /* absolute ones, colons between */
  FORM_TLS_VERSION,     /* 1.2 or 1.3 */
  FORM_TLS_NAMES,       /* of ciphers or groups, as OpenSSL has them */
  /* lists */
  FORM_DOMAIN,
  FORM_SUFFIX,          /* a domain or .suffix */
  FORM_ADDRESS,         /* an address or @domain */
  FORM_SERVER,          /* an IP address[:port] */
  FORM_NETWORK,         /* an IP address[/bits] */
  FORM_KEYWORD,         /* of EHLO's answer */
  FORM_MECHANISM,       /* a way to log in */
  FORM_LISTEN,          /* an address and a port to listen at, and the service */
  FORM_ZONE,            /* of a block list, and what its answers mean */
  /* maps: key and value */
  FORM_VIRTUAL,
  FORM_RELAY,
  FORM_QMTP,
  FORM_TRANSPORT,
  FORM_TLS,             /* a level of encryption, and what it demands */
  FORM_SMTPAUTH,        /* a login and the file with its password */
  FORM_RATE,
  FORM_COUNT,
  FORM_IGNORE,          /* keywords of EHLO's answer */
  FORM_SOURCE,
  FORM_SENDERS,         /* what a login may send as */
  FORM_VERSION          /* 4 or 6 */
};

/* A decimal number that fits. 1, or 0 when s is none. */
extern int form_number(char const *s, unsigned int *);

/* Null for a sound value, else what is expected in its place: "it is to be ...". A number is not checked for its
   bounds. In a list the entry is the key; in a map value is null where the line has no colon. */
extern char const *form_expects(enum form, char const *key, char const *value);

#endif
