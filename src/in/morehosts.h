/* morehosts.h - domains taken from the network beside rcpthosts, too many for a list: control/morercpthosts.cdb */

#ifndef IN_MOREHOSTS_H
#define IN_MOREHOSTS_H

/* Opens the table, which mail-newmrh(8) makes. 0 also when there is none; -1 with errno. */
extern int morehosts_open(void);

/* Whether a domain, or .suffix of it, is in the table: 1, 0, or -1 when it cannot be told. */
extern int morehosts_has(char const *domain);

#endif
