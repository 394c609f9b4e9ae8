/* base64.h - base64 (RFC 4648 section 4), as SASL over SMTP has it: strict, padded, in one line */

#ifndef LIB_SMTP_BASE64_H
#define LIB_SMTP_BASE64_H

#include <stddef.h>

/* Bytes of n bytes in base64, with a NUL. */
#define BASE64_SIZE(n) (((n) + 2) / 3 * 4 + 1)

/* out has BASE64_SIZE(len) bytes. */
extern void base64_encode(char *out, void const *, size_t len);

/* What s stands for, to out. 1 with *len, the bytes, which are size at most; 0 for anything that base64_encode would
   not have written, and when there is no room. */
extern int base64_decode(char const *s, size_t s_len, void *out, size_t size, size_t *len);

#endif
