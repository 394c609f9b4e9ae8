/* logline.c - lines of the logs are taken apart, whatever bytes they have */

#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "log/lines.h"
#include "log/logline.h"

static int says(char const *line, char const *program, char const *words)
{
  struct logline l;

  return logline_read(&l, line, strlen(line)) && logline_of(&l, program) && l.len == strlen(words) &&
         logline_begins(&l, words);
}

static int is_none(char const *line)
{
  struct logline l;

  return !logline_read(&l, line, strlen(line));
}

static int has(char const *line, char const *name, char const *want)
{
  struct logline l;
  char const *s;
  size_t len;

  if (!logline_read(&l, line, strlen(line))) return 0;
  if (!logline_field(&l, name, &s, &len)) return !want;
  return want && len == strlen(want) && !memcmp(s, want, len);
}

static int because(char const *line, char const *want)
{
  struct logline l;
  char const *s;
  size_t len = 0;

  if (logline_read(&l, line, strlen(line))) len = logline_reason(&l, &s);
  return len == strlen(want) && !memcmp(s, want, len);
}

static unsigned int seen, bytes;

static void count(char const *s, size_t len)
{
  (void)s;
  seen++;
  bytes += (unsigned int)len;
}

/* The same lines in pieces of each size. */
static int in_pieces(void)
{
  static char const text[] = "a\n\nbcd\nrest";
  static struct lines l;
  size_t size, at;
  int good = 1;

  for (size = 1; size < sizeof text; size++) {
    seen = bytes = 0;
    for (at = 0; at < sizeof text - 1; at += size)
      lines_feed(&l, text + at, at + size < sizeof text ? size : sizeof text - 1 - at, count);
    lines_drop(&l);
    good = good && seen == 3 && bytes == 4;
  }
  return good;
}

static int a_long_one_is_cut(void)
{
  static struct lines l;
  static char s[3 * LOGLINE_MAX];

  seen = bytes = 0;
  memset(s, 'x', sizeof s);
  lines_feed(&l, s, sizeof s, count);
  lines_feed(&l, "\ny\n", 3, count);
  return seen == 2 && bytes == LOGLINE_MAX + 1;
}

static void numbers(void)
{
  unsigned long long n;

  check("a number", logline_number("12,3", 4, &n) == 2 && n == 12);
  check("none", logline_number("x", 1, &n) == 0 && logline_number("", 0, &n) == 0);
  check("never too large a one", logline_number("99999999999999999999", 20, &n) == 18);
}

int main(void)
{
  static char const sent[] = "mail-send: delivered id=1 from=a to=b@c relay=x delay=0.100 reply=ok to=d tls=y";
  static char const refused[] = "mail-smtpd: refused message pid=7 ip=::1 helo=x: from=a to=b:: 550 5.1.1 no: to=c";

  check("as it is", says("mail-send: x y", "mail-send", "x y"));
  check("TAI64N", says("@400000006920a5a42f1e3c2c mail-send: x", "mail-send", "x"));
  check("s6-log", says("2026-11-27 10:00:00.123456789  mail-tlsd: x", "mail-tlsd", "x"));
  check("svlogd", says("2026-11-27_10:00:00.12345 mail-smtpd: x", "mail-smtpd", "x"));
  check("svlogd -ttt", says("2026-11-27T10:00:00.12345 mail-smtpd: x", "mail-smtpd", "x"));
  check("others' lines", is_none("tcpserver: ok") && is_none("") && is_none("mail-") && is_none("mail-send:") &&
        is_none("mail-send x") && is_none("@400 mail-send: x") && is_none("x mail-send: x") && is_none("mail-SEND: x"));
  check("fields", has(sent, "id", "1") && has(sent, "to", "b@c") && has(sent, "delay", "0.100"));
  check("none that a stranger made", has(sent, "tls", 0) && has(refused, "to", "b::"));
  check("the reply is the rest", has(sent, "reply", "ok to=d tls=y"));
  check("a reason", because(refused, "550 5.1.1 no: to=c"));
  check("no reason", because("mail-send: end id=1", "") && because("mail-send: x", ""));
  check("in pieces", in_pieces());
  check("a long one", a_long_one_is_cut());
  numbers();
  return unit_end();
}
