/* tlspolicy.c - see tlspolicy.h */

#include <string.h>

#include "lib/conf/tlspolicy.h"

#define NAME_MAX_BYTES 254      /* a domain with a dot before it */

static char low(char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* A host name as certificates have it, in ASCII: labels with a dot between them, and before them for what is below. */
static int is_name(char const *s, size_t len)
{
  static char const letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  size_t at = len && *s == '.';
  int label = 0;

  for (; at < len; at++) {
    if (s[at] == '.' ? !label : !memchr(letters, s[at], sizeof letters - 1)) return 0;
    label = s[at] != '.';
  }
  return label && len <= NAME_MAX_BYTES;
}

/* Hexadecimal digits in lower case, of bytes with or without a colon between them. How many, or 0. */
static size_t hex(char out[TLSPOLICY_HEX], char const *s, size_t len)
{
  size_t i, n = 0;

  for (i = 0; i < len; i++) {
    if (s[i] == ':' && n && n % 2 == 0 && s[i - 1] != ':') continue;
    if (n == TLSPOLICY_HEX || !memchr("0123456789abcdef", low(s[i]), 16)) return 0;
    out[n++] = low(s[i]);
  }
  return len && s[len - 1] != ':' ? n : 0;
}

static int add(struct tlspolicy *p, char const *s, size_t len)
{
  size_t used = strlen(p->names), blank = used != 0, i;

  if (used + blank + len > TLSPOLICY_NAMES_MAX) return 0;
  if (blank) p->names[used] = ' ';
  for (i = 0; i < len; i++) p->names[used + blank + i] = low(s[i]);
  p->names[used + blank + len] = 0;
  return 1;
}

static int add_name(struct tlspolicy *p, char const *s, size_t len)
{
  return is_name(s, len) && add(p, s, len);
}

static int add_fingerprint(struct tlspolicy *p, char const *s, size_t len)
{
  char digits[TLSPOLICY_HEX];

  return hex(digits, s, len) == TLSPOLICY_HEX && add(p, digits, TLSPOLICY_HEX);
}

/* all of len bytes, with commas between them */
static int add_all(struct tlspolicy *p, char const *s, size_t len, int (*one)(struct tlspolicy *, char const *, size_t))
{
  for (;;) {
    char const *comma = memchr(s, ',', len);
    size_t n = comma ? (size_t)(comma - s) : len;
    if (!one(p, s, n)) return 0;
    if (!comma) return 1;
    s += n + 1;
    len -= n + 1;
  }
}

static int take_ca(struct tlspolicy *p, char const *s)
{
  size_t i, len = strlen(s);

  if (*s != '/' || len > TLSPOLICY_CA_MAX) return 0;
  for (i = 0; i < len; i++)
    if (s[i] <= ' ' || s[i] == 127) return 0;
  memcpy(p->ca, s, len + 1);
  return 1;
}

/* what stands behind "secure", with its colon, or nothing */
static int take_secure(struct tlspolicy *p, char const *s)
{
  size_t names;

  if (!*s) return 1;
  if (*s++ != ':') return 0;
  names = strcspn(s, ":");
  if (names && !add_all(p, s, names, add_name)) return 0;
  return s[names] ? take_ca(p, s + names + 1) : names != 0;
}

int tlspolicy_ok(char const *s)
{
  struct tlspolicy p;

  return tlspolicy_read(&p, s);
}

int tlspolicy_read(struct tlspolicy *p, char const *s)
{
  static char const *const levels[] = { "none", "may", "encrypt", "secure", "fingerprint" };
  size_t len = strcspn(s, ":"), i;

  *p = (struct tlspolicy){ .level = TLSPOLICY_NONE };
  for (i = 0; i < sizeof levels / sizeof *levels; i++)
    if (strlen(levels[i]) == len && !memcmp(levels[i], s, len)) break;
  if (i == sizeof levels / sizeof *levels) return 0;
  p->level = (enum tlspolicy_level)i;
  s += len;
  if (p->level == TLSPOLICY_SECURE) return take_secure(p, s);
  if (p->level == TLSPOLICY_FINGERPRINT) return *s && add_all(p, s + 1, strlen(s + 1), add_fingerprint);
  return !*s;
}
