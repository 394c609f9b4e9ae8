/*
 * idna.h - domains with characters beyond ASCII, as the DNS knows them (RFC 5890: A-labels, by RFC 3492)
 *
 * A label is taken as it is, but for A to Z: there are no tables here to fold case or to compose accents, which
 * RFC 5891 section 5 asks of those who take names from people. A name that is no U-label becomes one that nobody has.
 */

#ifndef LIB_ADDR_IDNA_H
#define LIB_ADDR_IDNA_H

#define IDNA_DOMAIN_MAX 253

/* Writes the domain with each label that is not ASCII as its A-label, NUL-terminated. 1; or 0 when it is not UTF-8,
   has control characters, characters for private use or none at all in a label, or becomes too long. */
extern int idna_domain(char ascii[IDNA_DOMAIN_MAX + 1], char const *domain);

#endif
