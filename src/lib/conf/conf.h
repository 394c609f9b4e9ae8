/* conf.h - what the build fixed for this instance: its home, users and version (conf-home, conf-users, VERSION) */

#ifndef LIB_CONF_CONF_H
#define LIB_CONF_CONF_H

#include <sys/types.h>

/* those of src/rooms */
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
  CONF_AUTH,    /* mailc: logins */
  CONF_DESK,    /* mailo: orders about the queue; its group is the operators' */
  CONF_ROLES
};

struct conf_user {
  char const *role;     /* "maila", ... */
  uid_t uid;
  gid_t gid;
};

/* As whom a program runs: a role, and the role whose group it has. */
struct conf_program {
  char const *name;
  int user, group;
};
#define CONF_ROOT (-1)          /* root without its right to read everybody's files (priv_root_minimum) */
#define CONF_ANYBODY (-2)       /* who calls it */

#define CONF_HOME_MAX 89        /* bytes of the home's path: with "/run/verify/lookup" it is a socket's (sun_path) */
#define CONF_PATH_MAX 512       /* of any path below it, with its NUL */

/* made by the Makefile for each instance */
extern char const conf_version[];       /* for the administrator alone: it never goes to the network or into mail */
extern char const conf_home[];          /* CONF_HOME_MAX bytes at most */
extern struct conf_user const conf_users[CONF_ROLES];    /* -1, -1: the users' file is older than that role */
extern struct conf_program const conf_programs[];       /* but those for root alone; the last one has no name */
extern int const conf_tls;              /* 1: it has the programs that need OpenSSL */

/* The path of what is below the home, or in a folder of it. Neither has more than CONF_PATH_MAX - CONF_HOME_MAX - 3
   bytes: they are names of this suite or of its files (NAME_MAX). */
extern char const *conf_path(char path[CONF_PATH_MAX], char const *below);
extern char const *conf_file(char path[CONF_PATH_MAX], char const *folder, char const *name);

/* The role of a uid, or -1 when it is none of the suite's. */
extern int conf_role_of(uid_t);

#endif
