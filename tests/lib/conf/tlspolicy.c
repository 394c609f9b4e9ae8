/* tlspolicy.c - lines of control/tlspolicy: what they mean, and what is none */

#include <stdio.h>
#include <string.h>

#include "lib/conf/tlspolicy.h"
#include "unit.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define COLONS "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF"

static int is(char const *line, enum tlspolicy_level level, char const *names, char const *ca)
{
  struct tlspolicy p;

  return tlspolicy_read(&p, line) && p.level == level && !strcmp(p.names, names) && !strcmp(p.ca, ca);
}

static int bad(char const *line)
{
  struct tlspolicy p;

  return !tlspolicy_read(&p, line);
}

static void lengths(void)
{
  static char line[2 * TLSPOLICY_NAMES_MAX];
  size_t len = strlen("secure:"), i;

  memcpy(line, "secure:", len);
  for (i = 0; i < TLSPOLICY_NAMES_MAX; i++) line[len + i] = i % 100 == 99 ? ',' : 'a';
  check("as many names as fit", !bad(line));
  line[len + i] = 'a';
  check("one byte more", bad(line));
  memcpy(line, "secure:a:/", 10);
  memset(line + 10, 'x', sizeof line - 11);
  line[9 + TLSPOLICY_CA_MAX] = 0;
  check("the longest path", !bad(line));
  line[9 + TLSPOLICY_CA_MAX] = 'x';
  line[10 + TLSPOLICY_CA_MAX] = 0;
  check("a longer one", bad(line));
  len = (size_t)snprintf(line, sizeof line, "fingerprint:" HEX64);
  for (i = 1; i < 15; i++) len += (size_t)snprintf(line + len, sizeof line - len, "," HEX64);
  check("as many fingerprints as fit", !bad(line));
  snprintf(line + len, sizeof line - len, "," HEX64);
  check("one more", bad(line));
}

int main(void)
{
  check("the levels", is("none", TLSPOLICY_NONE, "", "") && is("may", TLSPOLICY_MAY, "", "")
        && is("encrypt", TLSPOLICY_ENCRYPT, "", "") && is("secure", TLSPOLICY_SECURE, "", ""));
  check("no level", bad("") && bad("secur") && bad("securely") && bad("May") && bad(":") && bad("dane") && bad(" may"));
  check("what they have none of", bad("none:") && bad("may:a") && bad("encrypt:a.test") && bad("encrypt:"));
  check("names", is("secure:MX.a.test,.a.test,localhost", TLSPOLICY_SECURE, "mx.a.test .a.test localhost", ""));
  check("a CA file", is("secure:a.test:/etc/a:b.pem", TLSPOLICY_SECURE, "a.test", "/etc/a:b.pem"));
  check("it alone", is("secure::/etc/ca.pem", TLSPOLICY_SECURE, "", "/etc/ca.pem"));
  check("no names", bad("secure:") && bad("secure:,") && bad("secure:a,") && bad("secure:,a") && bad("secure:a b")
        && bad("secure:a..b") && bad("secure:a.") && bad("secure:.") && bad("secure:*.a") && bad("secure:\xc3\xbc.test"));
  check("no file", bad("secure:a:") && bad("secure:a:ca.pem") && bad("secure:a:/a b") && bad("secure::"));
  check("a fingerprint", is("fingerprint:" HEX64, TLSPOLICY_FINGERPRINT, HEX64, ""));
  check("as openssl writes it", is("fingerprint:" COLONS, TLSPOLICY_FINGERPRINT, HEX64, ""));
  check("two", is("fingerprint:" HEX64 "," COLONS, TLSPOLICY_FINGERPRINT, HEX64 " " HEX64, ""));
  check("no fingerprint", bad("fingerprint") && bad("fingerprint:") && bad("fingerprint:0123") && bad("fingerprint:" HEX64 "0")
        && bad("fingerprint:" HEX64 ",") && bad("fingerprint::" HEX64) && bad("fingerprint:" COLONS ":")
        && bad("fingerprint:g" HEX64) && bad("fingerprint:0:123456789abcdef" HEX64));
  lengths();
  return unit_end();
}
