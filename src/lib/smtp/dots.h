/*
 * dots.h - a message as DATA sends it (RFC 5321 section 4.5.2): LF becomes CRLF, a dot at the start of a line
 * becomes two, and CRLF.CRLF comes exactly once, at the end; or, plain, as BDAT does (RFC 3030), without dots
 *
 * Stored messages hold no CR and no NUL. Where one turns up all the same the writer stops for good, so that what
 * it wrote has CR only before LF, whatever it was given; the caller then must not end the message.
 */

#ifndef LIB_SMTP_DOTS_H
#define LIB_SMTP_DOTS_H

#include <stddef.h>

#define DOTS_END_MAX 5

struct dots {
  int in_line;          /* the line has begun; all zero is the state at the start of a message */
  int bad;              /* a CR or NUL was met */
  int plain;            /* no dot is added, nor an end */
};

/* Writes len bytes; out has room for 2 * len. Returns the bytes written. */
extern size_t dots_put(struct dots *, char *out, char const *in, size_t len);

/* Ends the message, the last line too if it has no end. Returns the bytes written; 0 after a CR or NUL, and where
   a plain message needs none. */
extern size_t dots_end(struct dots *, char out[DOTS_END_MAX]);

#endif
