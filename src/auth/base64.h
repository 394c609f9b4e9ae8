/* base64.h - base64 (RFC 4648 4) as SASL over SMTP has it: strict, padded, no line ends */

#ifndef AUTH_BASE64_H
#define AUTH_BASE64_H

#include <stddef.h>

/* Bytes of n bytes in base64, with a NUL. */
#define BASE64_SIZE(n) (((n) + 2) / 3 * 4 + 1)

/* What s stands for, to out, which has room for size bytes, three for each four of s. 1 with *len; or 0 for anything
   that this very encoding would not have written, and when there is no room. */
extern int base64_decode(char const *s, size_t s_len, unsigned char *out, size_t size, size_t *len);

/* out: BASE64_SIZE(len) bytes. */
extern void base64_encode(char *out, unsigned char const *, size_t len);

#endif
