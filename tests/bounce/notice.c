/* notice.c - the status of a text; whatever is told, no byte of it becomes a field, a line or a part of the notice.
   Whole messages are tried by mail-bounce.sh */

#include <stdlib.h>
#include <string.h>

#include "bounce/escape.h"
#include "bounce/notice.h"
#include "unit.h"

#define ROUNDS 3000
#define ID "0643abcdef0123000abcffeedd"

static int of(enum action action, char const *text, char const *want)
{
  char status[12];

  notice_status(status, action, text);
  return !strcmp(status, want);
}

static int is(char const *text, char const *want)
{
  return of(ACTION_FAILED, text, want);
}

/* --- notices of hostile strings */

static char const *const pieces[] = {
  "\n", "\n\n", "\r\n", "\r", "\n.\n", "\t", " ", "  ", "--", "\n--" ID, ID "-1.", "Subject: x\n",
  "\nFinal-Recipient: rfc822; z@z\n",
  "\"", "\\", "<", ">", "@", "(", ";", ",", ":", ": ", "=",
  "+0A", "+0D+0A", "+FF", "+00", "\\x{A}", "\\x{85}", "\\x{1F600}",
  "\\x{}",
  "\x01", "\x7f", "\x80", "\xff", "\xc2\x85", "\xc3\xa9", "\xe2\x80\xa8", "\xf0\x9f\x98\x80", "\xe2\x82", "rfc822;",
  "utf-8;", "x400;",
  "a", "user@host.example", "550 5.1.1 no", ": 550-x", "5.1.1 ", "4.2.2 ", "2.0.0",
  "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww",
};

static char const *random_text(size_t max)
{
  static char room[64][1100];
  static unsigned int next;
  char *s = room[next++ % 64];
  size_t len = 0, n = (size_t)random() % 14, one;

  if (max > 1000) max = 1000;
  for (s[0] = 0; n; n--, len += one) {
    char const *piece = pieces[(size_t)random() % (sizeof pieces / sizeof *pieces)];
    one = strlen(piece);
    if (len + one > max) break;
    memcpy(s + len, piece, one + 1);
  }
  return s;
}

/* one parameter with this value, as a run; in memory of its own until the next round */
static struct param_run random_param(char letter, unsigned int i)
{
  static char room[4][1100];
  int len = snprintf(room[i], sizeof room[i], "%c%s", letter, random_text(1000));

  return (struct param_run){ room[i], (size_t)len + 1 };
}

static int begins(char const *line, char const *const *names)
{
  for (; *names; names++)
    if (!strncmp(line, *names, strlen(*names))) return 1;
  return 0;
}

/* the lines from s up to an empty one or end: each is one of these fields, or goes on with one and is not blank */
static int are_fields(char const *s, char const *end, char const *const *names)
{
  int first = 1;

  for (; s < end && *s != '\n'; s = strchr(s, '\n') + 1, first = 0) {
    size_t len = strcspn(s, "\n");
    if (len > 998 || strspn(s, " \t") == len) return 0;
    if (*s == ' ' ? first : !begins(s, names)) return 0;
  }
  return 1;
}

static unsigned int count(char const *s, char const *end, char const *what)
{
  unsigned int n = 0;

  for (; (s = strstr(s, what)) && s < end; s++) n++;
  return n;
}

static int programs_part_ok(char const *s, char const *end, uint32_t rcpts)
{
  static char const *const first[] = { "Original-Envelope-Id: ", "Reporting-MTA: dns; ", "Arrival-Date: ", 0 };
  static char const *const each[] = { "Original-Recipient: ", "Final-Recipient: ", "Action: ", "Status: ",
                                      "Diagnostic-Code: smtp;", 0 };
  unsigned int blocks = 0;
  char const *at = s;

  if (!are_fields(at, end, first)) return 0;
  while ((at = strstr(at, "\n\n")) && at + 2 < end) {
    at += 2;
    blocks++;
    if (!are_fields(at, end, each)) return 0;
  }
  return blocks == rcpts && count(s, end, "\nFinal-Recipient: ") == rcpts && count(s, end, "\nStatus: ") == rcpts;
}

static int notice_ok(char const *s, struct notice const *n)
{
  static char const *const head[] = { "Date: ", "From: ", "To: <", "Subject: ", "Message-ID: <", "Auto-Submitted: ",
                                      "MIME-Version: ", "Content-Type: ", "Content-Transfer-Encoding: ", 0 };
  char const *b = strstr(s, "boundary=\""), *part[4], *at = s, *c;
  char cut[80];
  int i;

  if (!b || strchr(s, '\r') || !are_fields(s, s + strlen(s), head)) return 0;
  snprintf(cut, sizeof cut, "\n--%.*s", (int)strcspn(b + 10, "\""), b + 10);
  for (i = 0; i < 4; i++, at++)
    if (!(at = part[i] = strstr(at, cut))) return 0;
  if (strstr(at, cut)) return 0;
  for (c = s; c < part[2]; c++)
    if (*c != '\n' && ((unsigned char)*c < 32 || *c == 127 || (!n->global && (unsigned char)*c > 127))) return 0;
  c = strstr(part[1], "\n\n");
  return c && programs_part_ok(c + 2, part[2], n->job->n);
}

static int hostile(void)
{
  static enum action const actions[] = { ACTION_FAILED, ACTION_DELIVERED, ACTION_RELAYED, ACTION_DELAYED };
  static struct job job = { .id = ID };
  struct original original = { .text = STRALLOC_ZERO };
  stralloc sa = STRALLOC_ZERO;
  struct notice n = { .id = ID "-1", .from = "MAILER-DAEMON", .host = "mail.example", .job = &job,
                      .original = &original };
  int rounds = ROUNDS, good = 1;
  uint32_t i;

  while (good && rounds--) {
    job.n = 1 + (uint32_t)random() % 3;
    job.params = random_param('e', 3);
    job.sender = n.to = random_text(1000);
    n.global = (int)random() % 2;
    for (i = 0; i < job.n; i++)
      job.rcpt[i] = (struct job_rcpt){ .address = random_text(1000), .text = random_text(TEXT_MAX),
                                       .params = random_param('o', i), .action = actions[random() % 4] };
    stralloc_copys(&original.text, "Subject: y\n");
    good = notice_make(&sa, &n) == 0 && stralloc_0(&sa) && notice_ok(sa.s, &n);
  }
  if (!good) printf("%s\n", sa.s);
  stralloc_free(&sa);
  stralloc_free(&original.text);
  return good;
}

int main(void)
{
  check("a permanent status is kept", is("5.1.1 no", "5.1.1") && is("5.7.26", "5.7.26")
        && is("5.999.999\nx", "5.999.999"));
  check("a temporary one was too old", is("4.4.1 no", "4.4.7") && is("4.2.2", "4.4.7"));
  check("no status is 5.0.0", is("", "5.0.0") && is("no", "5.0.0") && is("2.0.0 fine", "5.0.0"));
  check("what only looks like one is none", is("5.1.1.1 no", "5.0.0") && is("5.1", "5.0.0") && is("5..1 x", "5.0.0")
        && is("5.1234.1 x", "5.0.0") && is("51.1.1 x", "5.0.0") && is("5.1.1x", "5.0.0") && is("5.1.1234 x", "5.0.0"));
  check("a success is of class 2", of(ACTION_DELIVERED, "2.1.5 fine", "2.1.5") && of(ACTION_RELAYED, "fine", "2.0.0")
        && of(ACTION_RELAYED, "5.1.1 x", "2.0.0"));
  check("a delay of class 4", of(ACTION_DELAYED, "4.2.2 full", "4.2.2") && of(ACTION_DELAYED, "5.2.2 full", "4.0.0")
        && of(ACTION_DELAYED, "", "4.0.0"));
  check("hostile strings stay strings", hostile());
  return unit_end();
}
