/* utf8.h - UTF-8 as addresses may have it (RFC 3629, RFC 6532 3.1) */

#ifndef LIB_MSG_UTF8_H
#define LIB_MSG_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The bytes (2 to 4) of the character beyond ASCII at the start of a C string; 0 when there is none: an overlong form,
   a surrogate, a code point over 10FFFF, one of the control characters 80 to 9F, a byte out of place. */
extern size_t utf8_char(char const *s);

/* The same for any character, which becomes *point. 0 at the end of the string too. */
extern size_t utf8_next(char const *s, uint32_t *point);

/* 1 when the whole string is such characters. */
extern int utf8_sound(char const *s);

/* The same, and none of them is a control character. */
extern int utf8_text(char const *s);

/* 1 when a byte is over 127. */
extern int utf8_beyond_ascii(char const *s);

#endif
