/*
 * netlen.h - the length in front of a netstring ("5:hello,"), with a bound, a byte at a time
 *
 * Strict: digits, no zero in front of others, then the colon. A length over the bound is bad at the digit that makes
 * it so; nothing is ever allocated for it here.
 */

#ifndef LIB_IO_NETLEN_H
#define LIB_IO_NETLEN_H

#include <stddef.h>

#define NETLEN_MAX 24           /* bytes of any length with its colon and a NUL */

enum netlen_state { NETLEN_MORE, NETLEN_DONE, NETLEN_BAD };

struct netlen {
  size_t value;
  unsigned int digits;          /* all zero is the state at the start */
};

extern enum netlen_state netlen_step(struct netlen *, char, size_t max);

/* Writes a length and its colon; returns the bytes. */
extern size_t netlen_format(char s[NETLEN_MAX], size_t len);

#endif
