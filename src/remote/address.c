/* address.c - see address.h */

#include <string.h>

#include "remote/address.h"

char const *address_domain(char const *address)
{
  char const *at = strrchr(address, '@');

  return at ? at + 1 : 0;
}

static int letter_or_digit(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* RFC 5321 Dot-string */
static int plain(char const *s, size_t len)
{
  size_t i;

  for (i = 0; i < len; i++) {
    if (s[i] == '.' && (!i || i + 1 == len || s[i - 1] == '.')) return 0;
    if (!letter_or_digit(s[i]) && !strchr(".!#$%&'*+-/=?^_`{|}~", s[i])) return 0;
  }
  return len != 0;
}

/* a host name, or a literal in []; what is inside is for route.c to judge */
static int domain_sound(char const *s)
{
  size_t i, len = strlen(s);

  if (!len || len > 255) return 0;
  if (*s == '[') {
    for (i = 1; i + 1 < len; i++)
      if (!letter_or_digit(s[i]) && !strchr(":.-", s[i])) return 0;
    return len > 2 && s[len - 1] == ']';
  }
  for (i = 0; i < len; i++)
    if (!letter_or_digit(s[i]) && !strchr(".-_", s[i])) return 0;
  return 1;
}

static char *quote(char *to, char const *s, size_t len)
{
  *to++ = '"';
  for (; len; len--, s++) {
    if (*s == '"' || *s == '\\') *to++ = '\\';
    *to++ = *s;
  }
  *to++ = '"';
  return to;
}

char const *address_path(char path[ADDRESS_PATH_MAX], char const *address, char const *fallback)
{
  char const *domain = address_domain(address), *s;
  size_t len = domain ? (size_t)(domain - 1 - address) : strlen(address);

  for (s = address; *s; s++) {
    if ((unsigned char)*s < 32 || *s == 127) return "5.1.3";
    if ((unsigned char)*s > 127) return "5.6.7";
  }
  if (!domain) domain = fallback;
  if (len > ADDRESS_MAX) return "5.1.3";
  if (!domain_sound(domain)) return "5.1.2";
  *path++ = '<';
  if (plain(address, len)) {
    memcpy(path, address, len);
    path += len;
  }
  else path = quote(path, address, len);
  *path++ = '@';
  memcpy(path, domain, strlen(domain));
  path += strlen(domain);
  memcpy(path, ">", 2);
  return 0;
}
