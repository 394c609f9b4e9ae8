/* address.c - paths: quoted where they must be, refused where they cannot be written */

#include <string.h>

#include "remote/address.h"
#include "unit.h"

static int full(char const *address, char const *want)
{
  char f[ADDRESS_FULL_MAX];
  char const *domain = address_full(f, address);

  return domain && !strcmp(f, want) && domain == strrchr(f, '@') + 1;
}

static int path(char const *address, char const *want)
{
  char p[ADDRESS_PATH_MAX];

  return !address_path(p, address) && !strcmp(p, want);
}

static int refused(char const *address, char const *want)
{
  char p[ADDRESS_PATH_MAX];
  char const *status = address_path(p, address);

  return status && !strcmp(status, want);
}

static int sender(char const *from, char const *want)
{
  char f[ADDRESS_FULL_MAX];

  address_sender(f, from, "b@y.test");
  return !strcmp(f, want);
}

int main(void)
{
  static char longest[ADDRESS_MAX + 1], p[ADDRESS_PATH_MAX];
  size_t i, bad = 0;

  check("plain", path("a.b+c=d@x.test", "<a.b+c=d@x.test>"));
  check("as it is", full("a@x.test", "a@x.test") && full("a%b@x.test", "a%b@x.test"));
  check("the last @ counts", path("a@b@x.test", "<\"a@b\"@x.test>"));
  check("quoted", path("a b@x.test", "<\"a b\"@x.test>") && path(".a@x.test", "<\".a\"@x.test>")
        && path("a..b@x.test", "<\"a..b\"@x.test>") && path("a.@x.test", "<\"a.\"@x.test>") && path("@x.test", "<\"\"@x.test>"));
  check("quotes in quotes", path("a\"b\\c@x.test", "<\"a\\\"b\\\\c\"@x.test>"));
  check("no way out of <>", path("a> RCPT TO:<b@x.test", "<\"a> RCPT TO:<b\"@x.test>"));
  check("literals", path("a@[192.0.2.1]", "<a@[192.0.2.1]>") && path("a@[IPv6:2001:db8::1]", "<a@[IPv6:2001:db8::1]>"));
  check("line ends", refused("a\r\nQUIT@x.test", "5.1.3") && refused("a\n@x.test", "5.1.3") && refused("a@x\r.test", "5.1.3"));
  check("over ASCII", path("\xc3\xa4@x.test", "<\xc3\xa4@x.test>") && refused("\xe4@x.test", "5.6.7") && refused("a@\xc3\xa4.test", "5.1.2"));
  check("a dot at its end", full("a@x.test.", "a@x.test") && full("a@\xc3\xa4.test.", "a@xn--4ca.test"));
  check("and no more", !address_full(p, "a@x.test..") && !address_full(p, "a@."));
  check("a domain over ASCII", full("\xc3\xa4@B\xc3\xbc" "cher.test", "\xc3\xa4@xn--bcher-kva.test"));
  check("one that is none", !address_full(p, "a@\xfc.test") && !address_full(p, "a@\xc3\xa4..test"));
  check("nobody's sender", sender("", "") && sender("#@[]", ""));
  check("a sender", sender("a@B\xc3\xbc" "cher.test", "a@xn--bcher-kva.test"));
  check("one that names the recipient", sender("l-@x.test-@[]", "l-b=y.test@x.test")
        && sender("l-@b\xc3\xbc" "cher.test-@[]", "l-b=y.test@xn--bcher-kva.test"));
  check("no domain", refused("a", "5.1.2") && refused("a@", "5.1.2") && refused("a@x>.test", "5.1.2") && refused("a@x test", "5.1.2")
        && refused("a@[x", "5.1.2") && refused("a@[x]y", "5.1.2") && refused("a@[]", "5.1.2"));
  for (i = 1; i < 256; i++) {   /* each byte by itself: in a line of its own it never is */
    char s[] = "axb@x.test";
    s[1] = (char)i;
    if (!address_path(p, s) && strpbrk(p, "\r\n")) bad++;
  }
  check("no byte breaks the line", !bad);
  memset(longest, '"', ADDRESS_MAX);
  memcpy(longest + ADDRESS_MAX - 7, "@x.test", 7);
  check("the longest has room", !address_path(p, longest) && strlen(p) == 2 * (ADDRESS_MAX - 7) + 2 + 7 + 2);
  return unit_end();
}
