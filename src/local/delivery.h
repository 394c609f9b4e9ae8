/* delivery.h - one delivery of mail-local: what it was called with, and the lines and addresses made of that */

#ifndef LOCAL_DELIVERY_H
#define LOCAL_DELIVERY_H

#include "door/limits.h"

#define DELIVERY_ADDRESS_MAX (2 * ADDRESS_MAX + 32)     /* local-owner-@domain-@[] */

struct delivery {
  char const *user;
  char const *home;
  char const *local;
  char const *dash;
  char const *ext;
  char const *domain;
  char const *sender;
  char const *standard;         /* the line for users without instructions */
  int is_standard;              /* it is what counts: there is no file, or it is empty */
  char const *rest;             /* what "default" stands for in the file's name, or null */
  char const *newsender;        /* of what is forwarded */
  char const *dtline;           /* Delivered-To, with its newline: the end of head */
  char head[4 * ADDRESS_MAX + 64];              /* what a mailbox gets before the message: Return-Path, and dtline */
  char owner[DELIVERY_ADDRESS_MAX];             /* room for newsender */
};

#define DELIVERY_FROM_MAX (ADDRESS_MAX + 64)

/* Makes head from what mail-local was called with; newsender becomes sender. 0, or -1 without memory. */
extern int delivery_lines(struct delivery *);
/* The From line, as mbox files have it, with its newline. */
extern void delivery_from(struct delivery const *, char line[DELIVERY_FROM_MAX]);
/* Sets the environment that programs get (dot-qmail(5)). 0, or -1 with errno. */
extern int delivery_environment(struct delivery const *);

#endif
