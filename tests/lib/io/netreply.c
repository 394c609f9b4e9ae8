/* netreply.c - answers of QMTP and QMQP: every cut of them, everything that is none, and bounds that hold */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io/netreply.h"
#include "unit.h"

static struct netreply r;

static enum netreply_state feed(char const *s, size_t len, size_t *used)
{
  netreply_start(&r);
  *used = netreply_feed(&r, s, len);
  return r.state;
}

static int is(char const *s, char letter, char const *text)
{
  size_t used;

  return feed(s, strlen(s), &used) == NETREPLY_DONE && used == strlen(s) && r.letter == letter && !strcmp(r.text, text);
}

static void cuts(void)
{
  static char const whole[] = "10:K2.0.0 ok!,5:Znext,";
  size_t len = strlen(whole), end = len - strlen("5:Znext,"), a, b, bad = 0;

  for (a = 0; a <= end; a++)
    for (b = a; b <= end; b++) {
      size_t used;
      netreply_start(&r);
      used = netreply_feed(&r, whole, a);
      used += netreply_feed(&r, whole + a, b - a);
      used += netreply_feed(&r, whole + b, len - b);
      if (used != end || r.state != NETREPLY_DONE || r.letter != 'K' || strcmp(r.text, "2.0.0 ok!")) bad++;
    }
  check("every cut gives the same answer and leaves the next one", !bad);
}

static void unsound(void)
{
  static char const *const none[] = {
    "0:,", ":K,", "K", ",", "-1:K,", "+1:K,", " 1:K,", "01:K,", "1 :K,", "1:k,", "1:X,", "1:K;", "2:Kok,", "1:Kok,",
    "250 ok\r\n", "65537:", "99999999999999999999:", "1:\n,", "\n1:K,"
  };
  size_t i, used, bad = 0;

  for (i = 0; i < sizeof none / sizeof *none; i++)
    if (feed(none[i], strlen(none[i]), &used) != NETREPLY_BAD) {
      printf("# taken: %s\n", none[i]);
      bad++;
    }
  check("what is no answer", !bad);
  used = netreply_feed(&r, "1:K,", 4);
  check("bad stays bad", !used && r.state == NETREPLY_BAD);
  check("a part of one is not one", feed("3:Kok", 5, &used) == NETREPLY_MORE && feed("3:", 2, &used) == NETREPLY_MORE);
}

static void bounds(void)
{
  static char s[NETREPLY_MAX + 16];
  size_t used, n = (size_t)snprintf(s, sizeof s, "%d:", NETREPLY_MAX);

  memset(s + n, 'x', NETREPLY_MAX);
  s[n] = 'D';
  s[n + NETREPLY_MAX] = ',';
  check("the longest", feed(s, n + NETREPLY_MAX + 1, &used) == NETREPLY_DONE && r.len == NETREPLY_TEXT_MAX
        && strlen(r.text) == NETREPLY_TEXT_MAX && strspn(r.text, "x") == NETREPLY_TEXT_MAX);
  s[n + NETREPLY_MAX] = 'x';
  check("its comma", feed(s, n + NETREPLY_MAX + 1, &used) == NETREPLY_BAD);
}

int main(void)
{
  cuts();
  unsound();
  bounds();
  check("a letter alone", is("1:Z,", 'Z', ""));
  check("control bytes", is("9:Da\r\nb\tc\177d,", 'D', "a  b c d"));
  check("commas and colons", is("7:K1:2,,,,", 'K', "1:2,,,"));
  check("bytes over 127 stay", is("3:K\303\244,", 'K', "\303\244"));
  return unit_end();
}
