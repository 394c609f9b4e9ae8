/* idna.c - domains to A-labels; the expected ones are those of RFC 3492 section 7.1 or of another implementation */

#include <string.h>

#include "lib/addr/idna.h"
#include "unit.h"

static int to(char const *domain, char const *want)
{
  char ascii[IDNA_DOMAIN_MAX + 1];

  return idna_domain(ascii, domain) && !strcmp(ascii, want);
}

static int none(char const *domain)
{
  char ascii[IDNA_DOMAIN_MAX + 1];

  return !idna_domain(ascii, domain);
}

int main(void)
{
  static char many[400];
  unsigned int i;

  check("ASCII", to("X.test", "x.test") && to("x.test.", "x.test."));
  check("one", to("b\xc3\xbc" "cher.test", "xn--bcher-kva.test") && to("ma\xc3\xb1" "ana.B\xc3\xbc" "cher", "xn--maana-pta.xn--bcher-kva"));
  check("no ASCII in it", to("\xe4\xbb\x96\xe4\xbb\xac\xe4\xb8\xba\xe4\xbb\x80\xe4\xb9\x88\xe4\xb8\x8d\xe8\xaf\xb4\xe4\xb8\xad\xe6\x96\x87",
        "xn--ihqwcrb4cv8a8dqg056pqjye"));
  check("mixed", to("3\xe5\xb9\xb4" "b\xe7\xb5\x84\xe9\x87\x91\xe5\x85\xab\xe5\x85\x88\xe7\x94\x9f", "xn--3b-ww4c5e180e575a65lsy2b")
        && to("\xe3\x83\x91\xe3\x83\x95\xe3\x82\xa3\xe3\x83\xbc" "de\xe3\x83\xab\xe3\x83\xb3\xe3\x83\x90", "xn--de-jg4avhby1noc0d"));
  check("four bytes", to("\xf0\x90\x90\x80x", "xn--x-eq2i"));
  check("the same again and again", to("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4", "xn--4caaaaaaaaaa")
        && to("fa\xc3\x9f", "xn--fa-hia"));
  check("no UTF-8", none("b\xfc" "cher.test") && none("\xc0\xae.test") && none("\xed\xa0\x80"));
  check("no such characters", none("a\xc2\x85") && none("\xee\x80\x80") && none("\xef\xbf\xbf") && none("\xf3\xb0\x80\x80") && none("a b\xc3\xa4"));
  check("empty labels", none("") && none(".x") && none("x..y") && none("."));
  memset(many, 'a', 63);
  check("63 in a label", to(many, many));
  many[63] = 'a';
  check("64", none(many));
  for (i = 0; i < 63; i++) memcpy(many + 2 * i, "\xc3\xa4", 2);
  check("too long once it is written", none(many));
  for (i = 0; i < 126; i++) memcpy(many + 2 * i, "a.", 2);
  memcpy(many + 252, "a", 2);
  check("253 bytes", to(many, many));
  memcpy(many + 252, ".a", 3);
  check("an empty label at the end of many", none(many));
  memcpy(many + 252, "aa", 3);
  check("254 bytes", none(many));
  return unit_end();
}
