/*
 * xtext.h - the encodings in which the parameters of RFC 3461 carry text that may have blanks and more
 *
 * xtext: a byte over 32 and under 127 but + and = stands for itself, +HH (upper-case hexadecimal) for any. What is
 * encoded must be printable ASCII: it goes into the fields of reports.
 */

#ifndef LIB_SMTP_XTEXT_H
#define LIB_SMTP_XTEXT_H

#include <stddef.h>

#define XTEXT_ENVID_MAX 100     /* bytes of an ENVID, RFC 3461 4.4 */
#define XTEXT_ORCPT_MAX 500     /* of an ORCPT with its type, RFC 3461 4.2 */
#define XTEXT_MAX_OF(n) (3 * (n) + 1)   /* bytes of a string of n, encoded */

/* Is it xtext of printable characters? An empty one is. */
extern int xtext_ok(char const *, size_t len);

/* Is it a C string of utf-8-addr-xtext (RFC 6533 3): printable ASCII but + = \, and \x{HEX} for characters; with plain,
   of utf-8-addr-unitext: characters beyond ASCII stand for themselves too. No control characters, \x{7F} neither. */
extern int xtext_utf8_ok(char const *, int plain);

/* Is it an atom (RFC 5322 3.2.3), as a type of addresses must be? */
extern int xtext_atom(char const *, size_t len);

/* Encodes a C string of printable ASCII; out has XTEXT_MAX_OF(its length) bytes. 0 when it has other bytes. */
extern int xtext_encode(char *out, char const *);

#endif
