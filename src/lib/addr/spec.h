/*
 * spec.h - one address among the words of a header field (RFC 5322 section 3.4.1, addr-spec)
 *
 * Understands more than the RFC allows: blanks and comments around . and @, dots anywhere in the local part, a
 * missing domain, and user-@host-@[], the sender that is to name each recipient.
 */

#ifndef SPEC_H
#define SPEC_H

#include <stddef.h>
#include <skalibs/stralloc.h>

#include "lib/addr/token.h"

struct spec {
  stralloc local;       /* without quotes; the caller frees both */
  stralloc domain;      /* "" when there is none */
  int found;            /* there is an address */
  int nomem;
  char const *why;      /* there is something else: a few words */
};

/* Reads the address that begins at token from; the text is s. Returns the token after it, which is to or the first
   word of another address; to after an error. What is neither found nor an error is a row of comments. */
extern size_t spec_read(struct spec *, char const *s, struct token const *, size_t from, size_t to);

/* 1 when it can be a domain: an address literal, or names with dots between them; no blanks, control characters or
   specials. */
extern int spec_domain_ok(char const *, size_t len);

#endif
