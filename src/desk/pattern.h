/* pattern.h - which addresses an operator means */

#ifndef DESK_PATTERN_H
#define DESK_PATTERN_H

#include <stddef.h>

/* Does the address match? "<>" is the empty one, "@DOMAIN" all of a domain, * in it any bytes, else it is the address
   itself; without regard to the case of ASCII. The time is bounded by the product of both lengths. */
extern int pattern_match(char const *pattern, char const *address);

/* The same for any text, with * alone. */
extern int pattern_text(char const *pattern, char const *s);

/* Is part in it? Without regard to the case of ASCII. */
extern int pattern_part(char const *s, size_t len, char const *part);

#endif
