/* path.c - paths of MAIL and RCPT: what comes out, what is refused, and that no bytes lead out of the buffers */

#include <stdlib.h>
#include <string.h>

#include "lib/addr/path.h"
#include "unit.h"

static char const *parse(char const *s)
{
  static struct path p;
  static char text[PATH_ADDRESS_MAX + 64];
  char const *end;

  switch (path_parse(&p, s, &end)) {
    case PATH_SYNTAX: return "syntax";
    case PATH_LONG: return "long";
    default: break;
  }
  snprintf(text, sizeof text, "%s %zu%s%s", p.address, p.at, p.literal ? " literal" : "", end);
  return text;
}

static struct {
  char const *path;
  char const *want;     /* address, place of the @, what follows; or the status */
} const cases[] = {
  { "<a@b>", "a@b 1" },
  { "<a@b.example> SIZE=1", "a@b.example 1 SIZE=1" },
  { "a@b SIZE=1", "a@b 1 SIZE=1" },
  { "<>", " 0" },
  { "<> X", " 0 X" },
  { "<postmaster>", "postmaster 10" },
  { "<\"a b\"@c>", "a b@c 3" },
  { "<\"a@b\"@c>", "a@b@c 3" },
  { "<\"a\\\"b\\\\\"@c>", "a\"b\\@c 4" },
  { "<\"a@b\">", "syntax" },            /* would look like a@b */
  { "<\"\"@c>", "syntax" },
  { "<\"a@c>", "syntax" },
  { "<\"a\\", "syntax" },
  { "<\"a\tb\"@c>", "syntax" },
  { "<\"a\\\tb\"@c>", "syntax" },
  { "<\"a\"b@c>", "syntax" },
  { "<a..b.@c>", "a..b.@c 5" },
  { "<a_b+c=d@e_f.g>", "a_b+c=d@e_f.g 7" },
  { "<@x.example:a@b>", "a@b 1" },
  { "<@x,@y.example,@z:a@b>", "a@b 1" },
  { "<@x>", "syntax" },
  { "<@x:>", "syntax" },
  { "<@x,:a@b>", "syntax" },
  { "<@x,y:a@b>", "syntax" },
  { "<@:a@b>", "syntax" },
  { "<a@[192.0.2.1]>", "a@[192.0.2.1] 1 literal" },
  { "<a@[IPv6:2001:db8::1]>", "a@[IPv6:2001:db8::1] 1 literal" },
  { "<a@[1.2.3.400]>", "syntax" },
  { "<a@[2001:db8::1]>", "syntax" },
  { "<a@[IPv6:1.2.3.4]>", "syntax" },
  { "<a@[tag:x]>", "syntax" },
  { "<a@[]>", "syntax" },
  { "<#@[]>", "syntax" },               /* the queue's own sender of double bounces */
  { "<a@[1.2.3.4>", "syntax" },
  { "<a@[1.2.3.4]b>", "syntax" },
  { "<a@b", "syntax" },
  { "a@b>", "syntax" },
  { "<a b@c>", "syntax" },
  { "<a@b@c>", "syntax" },
  { "<a@>", "syntax" },
  { "<a@b.>", "syntax" },
  { "<a@.b>", "syntax" },
  { "<a@b..c>", "syntax" },
  { "<a@-b>", "syntax" },
  { "<a@b->", "syntax" },
  { "<a@b/c>", "syntax" },
  { "<@b>", "syntax" },
  { "<a@b\xc3\xa9>", "syntax" },
  { "<\xc3\xa9@b>", "syntax" },
  { "<\"\xc3\xa9\"@b>", "syntax" },
  { "<a(comment)@b>", "syntax" },
  { "<a\\b@c>", "syntax" },
  { "", "syntax" },
  { "<", "syntax" },
  { "<<a@b>>", "syntax" },
};

static char const *parse_utf8(char const *s)
{
  static struct path p;
  char const *end;

  if (path_parse_utf8(&p, s, &end) != PATH_GOOD || !p.utf8) return "no";
  return p.address;
}

static void utf8(void)
{
  check("UTF-8 in both parts", !strcmp(parse_utf8("<j\xc3\xb6@b\xc3\xbc.example>"), "j\xc3\xb6@b\xc3\xbc.example"));
  check("in quotes", !strcmp(parse_utf8("<\"\xe6\x97\xa5 \xf0\x9f\x93\xa7\"@b>"), "\xe6\x97\xa5 \xf0\x9f\x93\xa7@b"));
  check("in a route", !strcmp(parse_utf8("<@\xc3\xbc:a@b>"), "a@b"));
  check("cut short", !strcmp(parse_utf8("<a\xc3@b>"), "no") && !strcmp(parse_utf8("<a@b\xc3>"), "no")
        && !strcmp(parse_utf8("<a\xc3"), "no") && !strcmp(parse_utf8("<\"\xc3\"@b>"), "no"));
  check("overlong", !strcmp(parse_utf8("<a\xc0\xaf@b>"), "no"));
  check("quoted by a backslash", !strcmp(parse_utf8("<\"\\\xc3\xb6\"@b>"), "no"));
  check("a domain beyond ASCII is none of DNS", !path_domain("b\xc3\xbc.example"));
}

static void lengths(void)
{
  char s[4096], local[1024];
  size_t n;

  memset(local, 'x', sizeof local);
  snprintf(s, sizeof s, "<%.*s@b>", PATH_ADDRESS_MAX - 2, local);
  check("the longest address", strlen(parse(s)) > PATH_ADDRESS_MAX);
  snprintf(s, sizeof s, "<%.*s@b>", PATH_ADDRESS_MAX - 1, local);
  check("one byte more", !strcmp(parse(s), "long"));
  snprintf(s, sizeof s, "<\"%.*s\"@b>", PATH_ADDRESS_MAX, local);
  check("the same in quotes", !strcmp(parse(s), "long"));
  snprintf(s, sizeof s, "%.63s.b", local);
  check("the longest label", path_domain(s) == 65);
  snprintf(s, sizeof s, "%.64s.b", local);
  check("one byte more in a label", !path_domain(s));
  for (n = 0; n < 1000; n += 2) memcpy(local + n, "d.", 2);
  local[255] = 0;
  check("the longest domain", path_domain(local) == 255);
  memcpy(local + 255, ".d", 3);
  check("a longer domain", !path_domain(local));
  snprintf(s, sizeof s, "<a@%s>", local);
  check("is long, not wrong", !strcmp(parse(s), "long"));
}

/* What comes out of random bytes must be clean; the sanitizers watch the rest. */
static int random_paths(void)
{
  static char const bytes[] = "<>@@..,:\"\\[]ab1-_ IPv6:\x7f\x01\xff";
  unsigned int i, n;

  srandom(1);
  for (i = 0; i < 300000; i++) {
    char s[32];
    struct path p;
    char const *end, *c;
    unsigned int len = (unsigned int)random() % sizeof s;
    for (n = 0; n < len; n++) s[n] = bytes[(size_t)random() % (sizeof bytes - 1)];
    s[len] = 0;
    if (len && random() % 2) s[0] = '<';
    if (path_parse(&p, s, &end) != PATH_GOOD) continue;
    if (p.len != strlen(p.address) || p.at > p.len || end < s || end > s + len) return 0;
    if (p.at < p.len && strrchr(p.address, '@') != p.address + p.at) return 0;
    if (p.at == p.len && strchr(p.address, '@')) return 0;
    for (c = p.address; *c; c++) if (*c < 32 || *c > 126) return 0;
  }
  return 1;
}

int main(void)
{
  size_t i;

  for (i = 0; i < sizeof cases / sizeof *cases; i++) {
    char const *got = parse(cases[i].path);
    check(cases[i].path, !strcmp(got, cases[i].want));
    if (strcmp(got, cases[i].want)) printf("# got %s, want %s\n", got, cases[i].want);
  }
  lengths();
  utf8();
  check("random paths", random_paths());
  return unit_end();
}
