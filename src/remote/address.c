/* address.c - see address.h */

#include <stdio.h>
#include <string.h>

#include "lib/addr/idna.h"
#include "lib/addr/quote.h"
#include "lib/addr/site.h"
#include "lib/addr/verp.h"
#include "lib/msg/utf8.h"
#include "remote/address.h"

#define DOMAIN_MAX 255

static struct site site;

int address_start(void)
{
  return site_read(&site, SITE_REWRITING, 0) ? -1 : 0;
}

/* The DNS takes a dot at the end of a domain, and what control/ has of that domain would not be found. 1 when it had
   one at most, which is gone. */
static int without_dot(char *s)
{
  size_t len = strlen(s);

  if (len && s[len - 1] == '.') s[--len] = 0;
  return !len || s[len - 1] != '.';
}

/* the domain at s as the DNS has it, in its place; 0 when there is none */
static int domain_to_ascii(char *s, size_t room)
{
  char ascii[IDNA_DOMAIN_MAX + 1];

  if (!without_dot(s)) return 0;
  if (!utf8_beyond_ascii(s)) return *s != 0;
  if (!idna_domain(ascii, s) || strlen(ascii) >= room) return 0;
  memcpy(s, ascii, strlen(ascii) + 1);
  return 1;
}

char const *address_full(char full[ADDRESS_FULL_MAX], char const *address)
{
  struct site_address a;
  char *domain;

  site_resolve(&site, address, &a);
  domain = site_write(full, ADDRESS_FULL_MAX, &a);
  return domain && domain_to_ascii(domain, ADDRESS_FULL_MAX - (size_t)(domain - full)) ? domain : 0;
}

void address_sender(char full[ADDRESS_FULL_MAX], char const *sender, char const *recipient)
{
  char *domain;

  full[0] = 0;
  if (verp_is_nobody(sender)) return;
  if (!verp_is(sender)) {
    address_full(full, sender);
    return;
  }
  verp_make(full, ADDRESS_FULL_MAX, sender, recipient);
  domain = strrchr(full, '@') + 1;
  domain_to_ascii(domain, ADDRESS_FULL_MAX - (size_t)(domain - full));
}

static int letter_or_digit(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* a host name, or a literal in []; what is inside is for route.c to judge */
static int domain_sound(char const *s)
{
  size_t i, len = strlen(s);

  if (!len || len > DOMAIN_MAX) return 0;
  if (*s == '[') {
    for (i = 1; i + 1 < len; i++)
      if (!letter_or_digit(s[i]) && !strchr(":.-", s[i])) return 0;
    return len > 2 && s[len - 1] == ']';
  }
  for (i = 0; i < len; i++)
    if (!letter_or_digit(s[i]) && !strchr(".-_", s[i])) return 0;
  return 1;
}

char const *address_path(char path[ADDRESS_PATH_MAX], char const *full)
{
  static stralloc quoted = STRALLOC_ZERO;
  char const *at = strrchr(full, '@'), *s;

  for (s = full; *s; s++)
    if ((unsigned char)*s < 32 || *s == 127) return "5.1.3";
  if (!utf8_sound(full)) return "5.6.7";
  if (!at || !domain_sound(at + 1)) return "5.1.2";
  quoted.len = 0;
  if (!quote_address(&quoted, full, strlen(full)) || !stralloc_0(&quoted)) return "4.3.0";
  snprintf(path, ADDRESS_PATH_MAX, "<%s>", quoted.s);
  return 0;
}
