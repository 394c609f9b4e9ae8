/*
 * site.h - what an envelope address means at this site: control/envnoathost, percenthack, locals and virtualdomains
 *
 * mail-smtpd and mail-qmtpd (what is taken), mail-send (the channel), mail-lookup (who gets it), mail-remote (where it
 * goes) and mail-qread all ask here, so that none refuses or loses what another one has taken.
 */

#ifndef LIB_ADDR_SITE_H
#define LIB_ADDR_SITE_H

#include <stddef.h>
#include <skalibs/stralloc.h>

#include "lib/conf/control.h"
#include "lib/conf/stamp.h"

#define SITE_DOMAIN_MAX 255     /* bytes of envnoathost: RFC 5321 section 4.5.3.1.2 */
#define SITE_FILES 5            /* those four, and me, which stands for two of them */

/* Start with all zero. */
struct site {
  stralloc envnoathost;
  struct control_table percenthack, locals, virtualdomains;
  struct stamp stamps[SITE_FILES];
};

enum site_part {
  SITE_REWRITING = 2,   /* envnoathost and percenthack: for those who have no part in what is ours */
  SITE_WHOLE = 4
};

/* Reads the files of a part; of one that cannot be used the old value stays. Null; or the name of the first such, errno
   tells why. changed (may be null) is called with the name of each that was not what is there now. */
extern char const *site_read(struct site *, enum site_part, void (*changed)(char const *name));

/* 1 when one of the files has changed since this was asked last, else 0. Ask before you read. */
extern int site_look(struct site *);

enum site_kind {
  SITE_ELSEWHERE,
  SITE_LOCAL,           /* in locals */
  SITE_VIRTUAL,         /* in virtualdomains, as an address or by its domain */
  SITE_EVERY            /* as every domain there is, by virtualdomains' entry for all: it need not be ours */
};

struct site_address {
  char const *local;    /* before the @; a part of the address */
  size_t local_len;
  char const *domain;   /* of envnoathost where the address has none, else a part of the address */
  size_t domain_len;
  enum site_kind kind;
  char const *user;     /* SITE_VIRTUAL, SITE_EVERY: what goes in front of the local part; else "" */
};

/* What the address means. Its parts last as long as the address and the site's tables. */
extern void site_resolve(struct site const *, char const *address, struct site_address *);

/* Writes local@domain, NUL-terminated. The domain in it, or null: it does not fit, and to is "". */
extern char *site_write(char *to, size_t size, struct site_address const *);

#endif
