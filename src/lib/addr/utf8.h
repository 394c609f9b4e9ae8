/* utf8.h - UTF-8 as addresses may have it (RFC 3629, RFC 6532 3.1) */

#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>

/* The bytes (2 to 4) of the character beyond ASCII at the start of a C string; 0 when there is none: an overlong form,
   a surrogate, a code point over 10FFFF, one of the control characters 80 to 9F, a byte out of place. */
extern size_t utf8_char(char const *s);

#endif
