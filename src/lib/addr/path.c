/* path.c - see path.h */

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/addr/path.h"
#include "lib/io/net.h"
#include "lib/msg/utf8.h"

static int is_alnum(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* the bytes of the character at s when it is beyond ASCII: noted in utf8 */
static size_t wide(char const *s, int *utf8)
{
  size_t n = utf8_char(s);

  if (n) *utf8 = 1;
  return n;
}

/* atext of RFC 5322 3.2.3 and RFC 6531 3.3, and the dot */
static size_t atext(char const *s, int *utf8)
{
  if (is_alnum(*s) || (*s && strchr("!#$%&'*+-/=?^_`{|}~.", *s))) return 1;
  return wide(s, utf8);
}

/* sub-domain of RFC 5321 4.1.2 and RFC 6531 3.3, and the underscore; in UTF-8 a label may be longer than in DNS */
static size_t label(char const *s, int *utf8)
{
  int beyond = 0;
  size_t n = 0, one;

  do {
    one = is_alnum(s[n]) || s[n] == '-' || s[n] == '_' ? 1 : wide(s + n, &beyond);
    n += one;
  } while (one);
  *utf8 |= beyond;
  return n && (n <= PATH_LABEL_MAX || beyond) && s[0] != '-' && s[n - 1] != '-' ? n : 0;
}

static size_t domain_name(char const *s, int *utf8)
{
  size_t len = 0;

  for (;;) {
    size_t n = label(s + len, utf8);
    if (!n) return 0;
    len += n;
    if (len > PATH_DOMAIN_MAX) return 0;
    if (s[len] != '.') return len;
    len++;
  }
}

size_t path_domain(char const *s)
{
  int utf8 = 0;
  size_t len = domain_name(s, &utf8);

  return utf8 ? 0 : len;
}

static enum path_status wrong(struct path *p, char const *why, char byte)
{
  p->wrong = why;
  p->byte = byte;
  return PATH_SYNTAX;
}

static enum path_status too_long(struct path *p, char const *why)
{
  wrong(p, why, 0);
  return PATH_LONG;
}

static enum path_status add(struct path *p, char const *s, size_t len)
{
  if (len > PATH_ADDRESS_MAX - p->len) return too_long(p, "the address is longer than 900 bytes");
  memcpy(p->address + p->len, s, len);
  p->len += len;
  p->address[p->len] = 0;
  return PATH_GOOD;
}

static int is_end(char c)
{
  return !c || c == '>' || c == ' ';
}

/* a byte that may not stand where it does */
static enum path_status bad_byte(struct path *p, char c)
{
  if (c == ' ') return wrong(p, "a blank in an address must be in quotes", 0);
  if (c & 0x80) return wrong(p, "the address has bytes that are no UTF-8", 0);
  if (c == '>') return wrong(p, "there is a > and no <", 0);
  return wrong(p, "there is a character in the wrong place, or one that must be in quotes", c);
}

/* why no domain name stands at s */
static enum path_status bad_domain(struct path *p, char const *s)
{
  char const *start = s;
  size_t n;

  for (;; s += n + 1) {
    int utf8 = 0;
    size_t one;
    for (n = 0; (one = is_alnum(s[n]) || s[n] == '-' || s[n] == '_' ? 1 : wide(s + n, &utf8)); n += one);
    if ((size_t)(s + n - start) > PATH_DOMAIN_MAX) return too_long(p, "the domain is longer than 255 bytes");
    if (s[n] != '.' && !is_end(s[n])) return bad_byte(p, s[n]);
    if (!n && *s == '.') return wrong(p, "the domain begins with a dot, or has two in a row", 0);
    if (!n) return wrong(p, s == start ? "the domain is missing" : "the domain ends in a dot", 0);
    if (n > PATH_LABEL_MAX && !utf8) return wrong(p, "a part of the domain is longer than 63 bytes", 0);
    if (*s == '-' || s[n - 1] == '-') return wrong(p, "a part of the domain begins or ends with a hyphen", 0);
    if (is_end(s[n])) return wrong(p, "the domain is none", 0);
  }
}

/* A-d-l ":" of RFC 5321 4.1.2, "MUST be accepted, SHOULD NOT be generated, SHOULD be ignored" */
static enum path_status skip_route(struct path *p, char const **s)
{
  if (**s != '@') return PATH_GOOD;
  for (;;) {
    size_t n = **s == '@' ? domain_name(*s + 1, &p->utf8) : 0;
    if (!n && **s == '@') return bad_domain(p, *s + 1);
    if (!n) return wrong(p, "the hosts of a route begin with @", **s);
    *s += n + 1;
    if (**s == ':') break;
    if (**s != ',') return wrong(p, "nothing stands before the @", 0);
    ++*s;
  }
  ++*s;
  return PATH_GOOD;
}

static enum path_status quoted(struct path *p, char const **s)
{
  enum path_status status = PATH_GOOD;
  char const *c = *s + 1;

  while (*c != '"' && status == PATH_GOOD) {
    size_t n = *c == '\\' ? 0 : wide(c, &p->utf8);
    if (*c == '\\') c++;
    if (!*c) return wrong(p, "a quote is not closed", 0);
    if (!n && *c & 0x80) return bad_byte(p, *c);
    if (!n && (*c < 32 || *c > 126)) return wrong(p, "there is a control byte in the quotes", 0);
    n += !n;
    status = add(p, c, n);
    c += n;
  }
  *s = c + (*c == '"');
  return status;
}

static enum path_status local_part(struct path *p, char const **s)
{
  size_t n = 0, one;

  if (**s == '"') return quoted(p, s);
  while ((one = atext(*s + n, &p->utf8))) n += one;
  *s += n;
  return add(p, *s - n, n);
}

/* [192.0.2.1] or [IPv6:2001:db8::1] (RFC 5321 4.1.3); other tags do not exist */
static enum path_status literal(struct path *p, char const **s)
{
  static char const none[] = "no IP address is in the brackets: [192.0.2.1] or [IPv6:2001:db8::1]";
  struct net_address a;
  size_t n = strcspn(*s, "]");

  if ((*s)[n] != ']') return wrong(p, "a [ is not closed", 0);
  if (!net_literal(&a, *s, n + 1)) return wrong(p, none, 0);
  p->literal = 1;
  *s += n + 1;
  return add(p, *s - n - 1, n + 1);
}

static enum path_status domain_part(struct path *p, char const **s)
{
  enum path_status status;
  size_t n;

  p->at = p->len;
  status = add(p, "@", 1);
  ++*s;
  if (status != PATH_GOOD) return status;
  if (**s == '[') return literal(p, s);
  n = domain_name(*s, &p->utf8);
  if (!n) return bad_domain(p, *s);
  *s += n;
  return add(p, *s - n, n);
}

static enum path_status mailbox(struct path *p, char const **s)
{
  char const *start = *s;
  enum path_status status = local_part(p, s);

  if (status != PATH_GOOD) return status;
  if (!p->len && **s && !is_end(**s) && **s != '@') return bad_byte(p, **s);
  if (!p->len) return wrong(p, *s > start || **s == '@' ? "nothing stands before the @" : "the address is missing", 0);
  if (**s == '@') return domain_part(p, s);
  p->at = p->len;
  if (strchr(p->address, '@')) return wrong(p, "the address needs a domain behind its quotes", 0);   /* nor gains one */
  return PATH_GOOD;
}

/* what may stand behind the mailbox */
static enum path_status path_end(struct path *p, int brackets, char const *s, char const **end)
{
  if (brackets && !*s) return wrong(p, "the > is missing", 0);
  if (brackets ? *s != '>' : *s && *s != ' ') return bad_byte(p, *s);
  *end = s + brackets;
  return PATH_GOOD;
}

enum path_status path_parse_utf8(struct path *p, char const *s, char const **end)
{
  enum path_status status;
  int brackets = *s == '<';

  p->len = p->at = 0;
  p->literal = p->utf8 = 0;
  p->address[0] = p->byte = 0;
  p->wrong = 0;
  s += brackets;
  if (brackets && *s == '>') {
    *end = s + 1;
    return PATH_GOOD;
  }
  status = skip_route(p, &s);
  if (status == PATH_GOOD) status = mailbox(p, &s);
  return status == PATH_GOOD ? path_end(p, brackets, s, end) : status;
}

enum path_status path_parse(struct path *p, char const *s, char const **end)
{
  enum path_status status = path_parse_utf8(p, s, end);

  return status == PATH_GOOD && p->utf8 ? wrong(p, "the address has characters beyond ASCII", 0) : status;
}

enum path_status path_plain(struct path *p, char const *s, size_t len)
{
  char copy[PATH_ADDRESS_MAX + 1];
  char const *rest;
  size_t i, at;

  *p = (struct path){ .len = 0 };
  if (len > PATH_ADDRESS_MAX) return too_long(p, "the address is longer than 900 bytes");
  for (i = 0; i < len; i++)
    if (s[i] < 32 || s[i] > 126) return wrong(p, "the address has a byte that is no printable ASCII", 0);
  memcpy(copy, s, len);
  copy[len] = 0;
  rest = strrchr(copy, '@');
  at = rest ? (size_t)(rest - copy) : len;
  if (len && !at) return wrong(p, "nothing stands before the @", 0);
  if (add(p, copy, at) != PATH_GOOD) return PATH_SYNTAX;
  p->at = at;
  if (!rest) return PATH_GOOD;
  if (domain_part(p, &rest) != PATH_GOOD) return PATH_SYNTAX;
  return *rest ? bad_byte(p, *rest) : PATH_GOOD;
}

char const *path_wrong(struct path const *p, char s[PATH_WRONG_MAX])
{
  char const byte[] = { ':', ' ', p->byte, 0 };

  snprintf(s, PATH_WRONG_MAX, "%s%s", p->wrong, p->byte > 32 && p->byte < 127 ? byte : "");
  return s;
}
