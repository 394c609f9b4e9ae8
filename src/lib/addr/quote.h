/* quote.h - an envelope address as header fields and SMTP commands write it */

#ifndef LIB_ADDR_QUOTE_H
#define LIB_ADDR_QUOTE_H

#include <stddef.h>
#include <skalibs/stralloc.h>

/* Appends the address; a local part (all before the last @) that is no dot-atom (RFC 5322 section 3.2.3) gets
   quotes. Bytes over 127 need none. An address without @ is a local part. 1, or 0 when there is no memory. */
extern int quote_address(stralloc *, char const *address, size_t len);

/* 1 when quote_address appends it as it is. */
extern int quote_is_plain(char const *address, size_t len);

/* Appends a name for the front of <...>: as it is when it is a row of atoms, else in quotes; control characters
   become blanks. 1, or 0 when there is no memory. */
extern int quote_phrase(stralloc *, char const *name, size_t len);

#endif
