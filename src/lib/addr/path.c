/* path.c - see path.h */

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "lib/addr/path.h"
#include "lib/addr/utf8.h"

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

static enum path_status add(struct path *p, char const *s, size_t len)
{
  if (len > PATH_ADDRESS_MAX - p->len) return PATH_LONG;
  memcpy(p->address + p->len, s, len);
  p->len += len;
  p->address[p->len] = 0;
  return PATH_GOOD;
}

/* A-d-l ":" of RFC 5321 4.1.2, "MUST be accepted, SHOULD NOT be generated, SHOULD be ignored" */
static enum path_status skip_route(struct path *p, char const **s)
{
  if (**s != '@') return PATH_GOOD;
  for (;;) {
    size_t n = **s == '@' ? domain_name(*s + 1, &p->utf8) : 0;
    if (!n) return PATH_SYNTAX;
    *s += n + 1;
    if (**s == ':') break;
    if (**s != ',') return PATH_SYNTAX;
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
    if (!n && (*c < 32 || *c > 126)) return PATH_SYNTAX;        /* also the end of the string */
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
  char text[INET6_ADDRSTRLEN];
  unsigned char ip[16];
  size_t n = strcspn(*s, "]"), tag = strncasecmp(*s + 1, "IPv6:", 5) ? 1 : 6;

  if ((*s)[n] != ']' || n < tag || n - tag >= sizeof text) return PATH_SYNTAX;
  memcpy(text, *s + tag, n - tag);
  text[n - tag] = 0;
  if (inet_pton(tag == 1 ? AF_INET : AF_INET6, text, ip) != 1) return PATH_SYNTAX;
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
  if (!n) return strcspn(*s, "> ") > PATH_DOMAIN_MAX ? PATH_LONG : PATH_SYNTAX;
  *s += n;
  return add(p, *s - n, n);
}

static enum path_status mailbox(struct path *p, char const **s)
{
  enum path_status status = local_part(p, s);

  if (status != PATH_GOOD) return status;
  if (!p->len) return PATH_SYNTAX;
  if (**s == '@') return domain_part(p, s);
  p->at = p->len;
  return strchr(p->address, '@') ? PATH_SYNTAX : PATH_GOOD;     /* "a@b" in quotes must not gain a domain */
}

enum path_status path_parse_utf8(struct path *p, char const *s, char const **end)
{
  enum path_status status;
  int brackets = *s == '<';

  p->len = p->at = 0;
  p->literal = p->utf8 = 0;
  p->address[0] = 0;
  s += brackets;
  if (brackets && *s == '>') {
    *end = s + 1;
    return PATH_GOOD;
  }
  status = skip_route(p, &s);
  if (status == PATH_GOOD) status = mailbox(p, &s);
  if (status != PATH_GOOD) return status;
  if (brackets ? *s != '>' : *s && *s != ' ') return PATH_SYNTAX;
  *end = s + brackets;
  return PATH_GOOD;
}

enum path_status path_parse(struct path *p, char const *s, char const **end)
{
  enum path_status status = path_parse_utf8(p, s, end);

  return status == PATH_GOOD && p->utf8 ? PATH_SYNTAX : status;
}

enum path_status path_plain(struct path *p, char const *s, size_t len)
{
  char copy[PATH_ADDRESS_MAX + 1];
  char const *rest;
  size_t i, at;

  *p = (struct path){ .len = 0 };
  if (len > PATH_ADDRESS_MAX) return PATH_LONG;
  for (i = 0; i < len; i++)
    if (s[i] < 32 || s[i] > 126) return PATH_SYNTAX;
  memcpy(copy, s, len);
  copy[len] = 0;
  rest = strrchr(copy, '@');
  at = rest ? (size_t)(rest - copy) : len;
  if (add(p, copy, at) != PATH_GOOD || (len && !at)) return PATH_SYNTAX;
  p->at = at;
  if (!rest) return PATH_GOOD;
  return domain_part(p, &rest) == PATH_GOOD && !*rest ? PATH_GOOD : PATH_SYNTAX;
}
