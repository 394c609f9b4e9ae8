/*
 * spec.h - one address among the words of a header field (RFC 5322 section 3.4.1, addr-spec)
 *
 * Understands more than the RFC allows: blanks and comments around . and @, dots anywhere in the local part, a
 * missing domain, and user-@host-@[], the sender that is to name each recipient. What is not one whole address for
 * a reader is an error: an @ with nothing on one side of it, quotes around the whole, an encoded word (RFC 2047),
 * characters that nobody can see or that look like those with a meaning in addresses.
 */

#ifndef LIB_ADDR_SPEC_H
#define LIB_ADDR_SPEC_H

#include <stddef.h>
#include <skalibs/stralloc.h>

#include "lib/addr/token.h"

#define SPEC_DOMAIN_MAX 255     /* RFC 5321 section 4.5.3.1.2 */

struct spec {
  stralloc local;       /* without quotes; the caller frees both */
  stralloc domain;      /* "" when there is none; without a dot at its end */
  size_t first, last;   /* its tokens; a dot at the end is among them */
  size_t word;          /* the last one that is no dot */
  int found;            /* there is an address */
  int has_at;
  int nomem;
  char const *why;      /* there is something else: a few words */
};

/* Reads the address that begins at token from; the text is s. Returns the token after it, which is to or the first
   word of another address; to after an error. What is neither found nor an error is a row of comments. */
extern size_t spec_read(struct spec *, char const *s, struct token const *, size_t from, size_t to);

/* 1 when it can be a domain: an address literal, or names with dots between them, of letters, digits, - and _, and of
   characters beyond ASCII. */
extern int spec_domain_ok(char const *, size_t len);

/* 1 when it can be the local part of an address, and a whole one with an @ too: not empty, no control characters, no
   bytes over 127 but in UTF-8, and no characters beyond ASCII that nobody can see or that look like quotes, brackets,
   dots, commas or an @. */
extern int spec_local_ok(char const *, size_t len);

#endif
