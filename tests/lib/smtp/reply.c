/* reply.c - replies: every cut of them, everything that is none, and bounds that hold */

#include <stdlib.h>
#include <string.h>

#include "lib/smtp/reply.h"
#include "unit.h"

static struct reply r;

static enum reply_state feed(char const *s, size_t len)
{
  reply_start(&r);
  reply_feed(&r, s, len);
  return r.state;
}

static enum reply_state text(char const *s)
{
  return feed(s, strlen(s));
}

static int one_line(char const *s, size_t max, char const *want)
{
  char out[256];

  return text(s) == REPLY_DONE && reply_one_line(&r, out, max) == strlen(want) && !strcmp(out, want);
}

static int status(char const *s, char const *want)
{
  char out[12];

  if (text(s) != REPLY_DONE) return 0;
  reply_status(&r, out);
  return !strcmp(out, want);
}

static void cuts(void)
{
  static char const whole[] = "250-mx.test hello\r\n250-PIPELINING\r\n250 SIZE 100\r\n220 next\r\n";
  size_t len = strlen(whole), end = len - strlen("220 next\r\n"), a, b, bad = 0;

  for (a = 0; a <= end; a++)
    for (b = a; b <= end; b++) {
      size_t used;
      reply_start(&r);
      used = reply_feed(&r, whole, a);
      used += reply_feed(&r, whole + a, b - a);
      used += reply_feed(&r, whole + b, len - b);
      if (used != end || r.state != REPLY_DONE || r.code != 250 || r.lines != 3
          || strcmp(r.text, "mx.test hello\nPIPELINING\nSIZE 100")) bad++;
    }
  check("every cut gives the same reply and leaves the next one", !bad);
}

static void unsound(void)
{
  static char const *const none[] = {
    "hello\r\n", "25\r\n", "2500 ok\r\n", "150 ok\r\n", "600 ok\r\n", "099 ok\r\n", "25a ok\r\n", "250_ok\r\n",
    "250-one\r\n251 two\r\n", "250-one\r\ngarbage\r\n", "250 a\rb\r\n", "-250 ok\r\n", " 250 ok\r\n", "2 0 ok\r\n"
  };
  size_t i, bad = 0;

  for (i = 0; i < sizeof none / sizeof *none; i++)
    if (text(none[i]) != REPLY_BAD) {
      printf("# taken: %s", none[i]);
      bad++;
    }
  check("what is no reply is bad", !bad);
  check("a NUL inside is bad", feed("250 a\0b\r\n", 9) == REPLY_BAD);
  check("bad stays bad and takes no more", reply_feed(&r, "250 ok\r\n", 8) == 0 && r.state == REPLY_BAD);
  check("a bare LF ends a line", text("250 ok\n") == REPLY_DONE && !strcmp(r.text, "ok"));
  check("a code alone will do", text("250\r\n") == REPLY_DONE && !*r.text);
  check("a code and a blank will do", text("354 \r\n") == REPLY_DONE && r.code == 354);
  check("a cut reply waits", text("250-one\r\n250 tw") == REPLY_MORE);
  check("empty lines are passed over", text("\r\n\n\r\r\n250-one\r\n\r\n250 two\r\n") == REPLY_DONE
        && !strcmp(r.text, "one\ntwo") && text("\r\n") == REPLY_MORE);
  check("more than one CR ends a line", text("250-one\r\r\n250 two\r\r\r\n") == REPLY_DONE
        && !strcmp(r.text, "one\ntwo"));
  check("the first line is evidence", text("\r\nh\x01llo \xff\r\nmore\r\n") == REPLY_BAD && !strcmp(r.first, "h?llo ?"));
  check("and so it is of a reply that goes wrong later", text("250-one\r\nbut\r\n") == REPLY_BAD
        && !strcmp(r.first, "250-one"));
}

/* a reply of many bytes: head, then the same line again and again */
static enum reply_state endless(char const *head, char const *line)
{
  size_t fed = 0;

  reply_start(&r);
  reply_feed(&r, head, strlen(head));
  while (r.state == REPLY_MORE && fed <= REPLY_BYTES_MAX) fed += reply_feed(&r, line, strlen(line));
  return r.state;
}

static void bounds(void)
{
  static char line[2 * REPLY_LINE_MAX], big[300 * 100];
  size_t i, n = 0;

  memset(line, 'x', sizeof line);
  memcpy(line, "550 ", 4);
  line[sizeof line - 1] = '\n';
  check("a long line is cut", feed(line, sizeof line) == REPLY_DONE && r.code == 550 && r.len == REPLY_LINE_MAX - 4);
  for (i = 0; i < 400; i++, n += 60) {
    memset(big + n, 'y', 60);
    memcpy(big + n, "250-", 4);
    big[n + 59] = '\n';
  }
  memcpy(big + n, "250 end\n", 8);
  check("many lines are read", feed(big, n + 8) == REPLY_DONE && r.lines == 401);
  check("their text is cut", r.len == REPLY_TEXT_MAX && strlen(r.text) == REPLY_TEXT_MAX);
  check("a refusal without end counts by its code", endless("", "550-5.7.1 no\r\n") == REPLY_OVER && r.code == 550
        && !strncmp(r.text, "5.7.1 no\n5.7.1", 14));
  check("so does one line of it", endless("451 4.7.1 ", "later") == REPLY_OVER && r.code == 451);
  check("anything else without end is bad", endless("", "250-ok\r\n") == REPLY_BAD && endless("x", "x") == REPLY_BAD
        && endless("", "\r\n") == REPLY_BAD);
  srand(1);
  for (n = i = 0; i < 20000; i++) {
    size_t k, len = (size_t)rand() % sizeof big / 100;
    for (k = 0; k < len; k++) big[k] = "250 -\r\n.5\0a"[rand() % 11];
    feed(big, len);
    n += r.len > REPLY_TEXT_MAX;
  }
  check("random bytes do no harm", !n);
}

int main(void)
{
  cuts();
  unsound();
  bounds();
  check("a status is found", status("550 5.1.1 no\r\n", "5.1.1") && status("452 4.22.333\r\n", "4.22.333"));
  check("of another class it is none", status("550 4.1.1 no\r\n", "5.0.0") && status("250 ok\r\n", "2.0.0"));
  check("hosts that never take mail", status("521 no\r\n", "5.3.2") && status("556 no\r\n", "5.1.10")
        && status("521 5.7.1 no\r\n", "5.7.1"));
  check("what only looks like one is none", status("550 5.1 no\r\n", "5.0.0") && status("550 5.1.1234 x\r\n", "5.0.0")
        && status("550 5.1.1no\r\n", "5.0.0") && status("550 5..1 no\r\n", "5.0.0") && status("550\r\n", "5.0.0"));
  check("lines are joined", one_line("550-one\r\n550 two\r\n", 100, "one two"));
  check("a repeated status is told once", one_line("550-5.1.1 one\r\n550 5.1.1 two\r\n", 100, "5.1.1 one two"));
  check("another status stays", one_line("550-5.1.1 one\r\n550 5.1.2 two\r\n", 100, "5.1.1 one 5.1.2 two"));
  check("control bytes are blanks", one_line("550 a\tb\033c\177\r\n", 100, "a b c "));
  check("one line is cut to its room", one_line("550 abcdef\r\n", 4, "abc"));
  return unit_end();
}
