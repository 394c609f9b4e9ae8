/*
 * route.h - is an address of this host, and what is its local part here
 *
 * Hides envnoathost, percenthack, locals and virtualdomains.
 */

#ifndef LOCAL_ROUTE_H
#define LOCAL_ROUTE_H

#include "door/lookup.h"

/* Sets local and domain of the answer. LOOKUP_YES: go on with them; LOOKUP_ELSEWHERE: not of this host;
   LOOKUP_NO: it can never be delivered; LOOKUP_LATER: the settings cannot be read (logged). */
extern enum lookup_status local_route_find(char const *address, struct lookup_answer *);

/* The settings may have changed: they are read anew. */
extern void local_route_forget(void);

#endif
