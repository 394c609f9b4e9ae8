/* conf.h - what the build fixed for this instance: its home, users and version (conf-home, conf-users, VERSION) */

#ifndef LIB_CONF_CONF_H
#define LIB_CONF_CONF_H

#include <sys/types.h>

enum conf_role {
  CONF_ALIAS,   /* maila: mail for nobody else */
  CONF_IN,      /* maild: network servers */
  CONF_QUEUE,   /* mailq */
  CONF_SEND,    /* mails */
  CONF_BOUNCE,  /* mailb */
  CONF_LOOKUP,  /* mailp: look-ups for delivery */
  CONF_VERIFY,  /* mailv: look-ups at RCPT */
  CONF_REMOTE,  /* mailr */
  CONF_LOG,     /* maill */
  CONF_TLS,     /* mailt */
  CONF_KEYS,    /* mailk */
  CONF_ROLES
};

struct conf_user {
  char const *role;     /* "maila", ... */
  uid_t uid;
  gid_t gid;
};

/* made by the Makefile for each instance */
extern char const conf_version[];       /* for the administrator alone: it never goes to the network or into mail */
extern char const conf_home[];
extern struct conf_user const conf_users[CONF_ROLES];

/* The role of a uid, or -1 when it is none of the suite's. */
extern int conf_role_of(uid_t);

#endif
