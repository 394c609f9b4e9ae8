/*
 * escape.h - bytes from outside as text of a notice, so that none of it can be a field, a part or a control character
 *
 * Printable ASCII stays; with utf8 so do well-formed characters (RFC 3629) that control nothing; any other byte
 * becomes \xHH. All return 1, or 0 when there is no memory.
 */

#ifndef BOUNCE_ESCAPE_H
#define BOUNCE_ESCAPE_H

#include <stddef.h>
#include <skalibs/stralloc.h>

extern int escape_put(stralloc *, char const *, size_t len, int utf8);

/* An address as headers write it, in one line of bounded length. */
extern int escape_address(stralloc *, char const *address, int utf8);

/* Words one after the other after what is in the last line already, folded: one blank at each end of a line. */
extern int escape_words(stralloc *, char const *, size_t column, int utf8);

/* The original of a parameter in xtext (RFC 3461 section 4). */
extern int escape_xtext(stralloc *, char const *, int utf8);

/* The parameter ORCPT, type;address, as the field Original-Recipient has it: "type; address". Type utf-8 of RFC 6533
   section 3: characters with utf8, else \x{HEX}. Nothing when it has no type. */
extern int escape_orcpt(stralloc *, char const *, int utf8);

/* Is it UTF-8, with more than ASCII in it, and can be shown as it is? */
extern int escape_is_utf8(char const *);

#endif
