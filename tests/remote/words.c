/* words.c - what programs say in the form of qmail-remote, whole, cut anywhere, and wrong */

#include <string.h>

#include "remote/words.h"
#include "unit.h"

static struct words w;
static struct outcome o;

/* the results' letters for three recipients of whom the first, third and fourth of four are asked */
static char const *settle(void)
{
  static char got[4];
  static unsigned int const who[] = { 0, 2, 3 };
  unsigned int i;

  outcome_start(&o, 4);
  outcome_begin(&o);
  outcome_ask(&o, 4);
  o.rcpt[1].asked = 0;
  words_settle(&w, "/bin/p", &o);
  for (i = 0; i < 3; i++) got[i] = (char)o.rcpt[who[i]].result;
  if (strcmp(o.rcpt[1].text, "4.3.0 was not tried")) got[0] = '!';
  return got;
}

static int gives(char const *said, size_t len, char const *want)
{
  size_t at;
  int good = 1;

  for (at = 0; at <= len; at++) {
    words_start(&w, 3);
    good &= words_feed(&w, said, at) && words_feed(&w, said + at, len - at) && !strcmp(settle(), want);
  }
  return good;
}
#define GIVES(said, want) gives(said, sizeof said - 1, want)

static int says(unsigned int i, char const *want)
{
  settle();
  return !strcmp(o.rcpt[i].text, want);
}

int main(void)
{
  static char flood[65536], one[700];
  int i, n;

  check("all taken", GIVES("r\0r\0r\0Kok\0", "KKK") && says(0, "2.0.0 /bin/p: ok"));
  check("each its own", GIVES("rx\0h5.1.1 nobody\0sbusy\0K\0", "KDZ"));
  check("texts", says(0, "2.0.0 /bin/p") && says(2, "5.1.1 /bin/p: nobody") && says(3, "4.0.0 /bin/p: busy"));
  check("a status of another class is a word", GIVES("h4.1.1 x\0r\0r\0K\0", "DKK") && says(0, "5.0.0 /bin/p: 4.1.1 x"));
  check("the message put off", GIVES("r\0h\0r\0Zlater\0", "ZDZ") && says(0, "4.0.0 /bin/p: later"));
  check("the message refused", GIVES("r\0s\0r\0D5.7.1 no\0", "DZD") && says(3, "5.7.1 /bin/p: no"));
  check("no word of recipients: for all", GIVES("Dno host\0", "DDD") && GIVES("Z\0", "ZZZ"));
  check("but never success", GIVES("Kok\0", "ZZZ") && says(0, "4.3.0 /bin/p: said nothing about this recipient"));
  check("too few words", GIVES("r\0Kok\0", "KZZ") && GIVES("h\0Dno\0", "DZZ"));
  check("too many", GIVES("r\0r\0r\0r\0Kok\0", "ZZZ"));
  check("no end", GIVES("r\0r\0r\0Kok", "ZZZ") && GIVES("h\0h\0h\0", "ZZZ") && GIVES("", "ZZZ"));
  check("nonsense", GIVES("ok\n", "ZZZ") && GIVES("\0", "ZZZ") && GIVES("r\0\0r\0K\0", "ZZZ") && GIVES("x\0K\0", "ZZZ"));
  check("what follows does not count", GIVES("r\0r\0r\0K\0\nDno\0r\0", "KKK"));
  check("one line", GIVES("r\0r\0r\0Da\nb\r\tc\177\n\0", "DDD") && says(0, "5.0.0 /bin/p: a b  c"));
  memset(one, 'x', sizeof one);
  one[0] = 'Z';
  one[sizeof one - 1] = 0;
  check("a long text is cut", gives(one, sizeof one, "ZZZ") && strlen(o.rcpt[0].text) == TEXT_MAX);
  words_start(&w, 3);
  for (i = n = 0; i < 17; i++) n += words_feed(&w, flood, sizeof flood);
  check("no more than so much", n == WORDS_BYTES_MAX / (int)sizeof flood);
  return unit_end();
}
