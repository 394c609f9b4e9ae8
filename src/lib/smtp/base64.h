/* base64.h - base64 (RFC 4648 section 4), as AUTH has it: padded, in one line */

#ifndef LIB_SMTP_BASE64_H
#define LIB_SMTP_BASE64_H

#include <stddef.h>

#define BASE64_MAX_OF(n) (((n) + 2) / 3 * 4 + 1)        /* bytes of n bytes, with a NUL */

/* out has BASE64_MAX_OF(len) bytes. */
extern void base64_text(char *out, char const *, size_t len);

/* What len characters stand for, to out, which has room for three bytes for each four of them. 1 with *n, the bytes; 0
   for anything that base64_text would not have written. */
extern int base64_bytes(char *out, char const *s, size_t len, size_t *n);

#endif
