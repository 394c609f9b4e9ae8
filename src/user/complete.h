/*
 * complete.h - hosts and domains that mail-inject adds, from the environment or control/
 *
 * A missing host becomes defaulthost; then host+ becomes host.plusdomain, and a host without a dot becomes
 * host.defaultdomain. Address literals, and what is defaultdomain itself, stay as they are. The settings are read when
 * first needed; without one that is needed the program ends with 111.
 */

#ifndef USER_COMPLETE_H
#define USER_COMPLETE_H

#include <skalibs/stralloc.h>

/* Completes a domain in place. 1, or 0 when there is no memory. The second argument is for struct list. */
extern int complete_domain(stralloc *, void *);

/* The domain of Message-IDs, NUL-terminated. */
extern char const *complete_idhost(void);

#endif
