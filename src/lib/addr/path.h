/*
 * path.h - the paths of MAIL and RCPT (RFC 5321 4.1.2): <@route:local@domain>
 *
 * Out comes the address as envelopes have it: without quotes, without the route, the last @ before the
 * domain. Where the RFC's grammar refuses what is in daily use, this one does not: local parts over 64
 * bytes (VERP, SRS), dots at the ends of a local part or in a row, underscores in a domain, no angle brackets.
 * What can never come out: control bytes, NUL, bytes over 126 but in UTF-8, an empty local part, a domain that is none.
 */

#ifndef LIB_ADDR_PATH_H
#define LIB_ADDR_PATH_H

#include <stddef.h>

#define PATH_ADDRESS_MAX 900    /* bytes; the rest of an envelope's ADDRESS_MAX is for what others append */
#define PATH_DOMAIN_MAX 255     /* RFC 5321 4.5.3.1.2 */
#define PATH_LABEL_MAX 63       /* RFC 1035 2.3.4 */

enum path_status { PATH_GOOD, PATH_SYNTAX, PATH_LONG };

struct path {
  char address[PATH_ADDRESS_MAX + 1];   /* "" for <> */
  size_t len;
  size_t at;            /* where the @ before the domain is; len when there is no domain */
  int literal;          /* the domain is an address in brackets */
  int utf8;             /* it has characters beyond ASCII */
  char const *wrong;    /* what is, in words for the client; null when it is good */
  char byte;            /* the one that is wrong, or NUL when it is not about one */
};

#define PATH_WRONG_MAX 100      /* bytes of those words with the byte */

/* Takes the path at the start of a C string; *end becomes what follows it. Without brackets it ends at a blank.
   <> is good: whether an empty path or one without a domain may stand here is the caller's question. */
extern enum path_status path_parse(struct path *, char const *s, char const **end);

/* The same with characters beyond ASCII, in valid UTF-8 (RFC 6531 3.3); path_parse takes them for errors. */
extern enum path_status path_parse_utf8(struct path *, char const *s, char const **end);

/* Takes an address as envelopes have it, by the same rules for what may come out; all len bytes of it. */
extern enum path_status path_plain(struct path *, char const *s, size_t len);

/* What is wrong with one that is not good, as a line of ASCII. */
extern char const *path_wrong(struct path const *, char s[PATH_WRONG_MAX]);

/* The length of the domain name at the start of s: 0 when there is none or it is too long. */
extern size_t path_domain(char const *s);

#endif
