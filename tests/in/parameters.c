/* parameters.c - parameters of MAIL and RCPT: what is kept, what is refused */

#include <string.h>

#include "in/parameters.h"
#include "unit.h"

/* what is kept, each record's end shown as |; or the refusal's words */
static char const *take(char const *(*how)(struct parameters *, char const *), char const *text)
{
  static struct parameters p;
  static char shown[WIRE_LINE_MAX + 1];
  char const *refusal = how(&p, text);
  size_t i;

  if (refusal) return !strncmp(refusal, "555 5.5.4 ", 10) ? "unknown" : strstr(refusal, "twice") ? "twice" : "bad";
  for (i = 0; i < p.len; i++) shown[i] = p.kept[i] ? p.kept[i] : '|';
  shown[i] = 0;
  return shown;
}

static char const *mail(struct parameters *p, char const *text)
{
  return parameters_mail(p, text, 0);
}

static char const *mail_auth(struct parameters *p, char const *text)
{
  return parameters_mail(p, text, 1);
}

static char const *rcpt(struct parameters *p, char const *text)
{
  return parameters_rcpt(p, text, 0);
}

static char const *rcpt_utf8(struct parameters *p, char const *text)
{
  return parameters_rcpt(p, text, 1);
}

static char const text100[] = "1234567890123456789012345678901234567890123456789012345678901234567890"
                              "123456789012345678901234567890";

static struct {
  char const *text;
  char const *want;
} const of_mail[] = {
  { "", "" }, { "  ", "" }, { " SIZE=5", "" }, { " BODY=7bit", "" }, { " body=8bitmime", "b8|" },
  { " RET=full", "rFULL|" }, { " RET=HDRS ENVID=a+2Bb BODY=8BITMIME SIZE=1", "rHDRS|ea+2Bb|b8|" },
  { "RET=FULL", "bad" }, { " RET", "bad" }, { " RET=", "bad" }, { " RET=BODY", "bad" },
  { " RET=FULL RET=FULL", "twice" },
  { " ENVID=", "bad" }, { " ENVID=a=b", "bad" }, { " ENVID=+2b", "bad" }, { " ENVID=+2", "bad" }, { " ENVID=+", "bad" },
  { " ENVID=+0A", "bad" }, { " ENVID=+7F", "bad" }, { " ENVID=+FF", "bad" }, { " ENVID=+20", "e+20|" },
  { " ENVID=a\377", "bad" }, { " ENVID=a\tb", "bad" }, { " ENVID=QQ314159 ", "eQQ314159|" },
  { " ENVID=a ENVID=b", "twice" },
  { " SIZE=1 SIZE=1", "twice" }, { " SIZE=-1", "bad" }, { " SIZE", "bad" }, { " SIZE=1 2", "unknown" },
  { " SMTPUTF8", "u|" }, { " smtputf8=", "u|" }, { " SMTPUTF8=1", "bad" }, { " SMTPUTF8 SMTPUTF8", "twice" },
  { " NOTIFY=NEVER", "unknown" }, { " =x", "unknown" }, { " RETX=FULL", "unknown" },
}, of_rcpt[] = {
  { "", "" }, { " NOTIFY=never", "nNEVER|" }, { " NOTIFY=DELAY,success", "nSUCCESS,DELAY|" },
  { " NOTIFY=FAILURE,DELAY,SUCCESS", "nSUCCESS,FAILURE,DELAY|" }, { " NOTIFY=FAILURE", "nFAILURE|" },
  { " NOTIFY=NEVER,FAILURE", "bad" }, { " NOTIFY=", "bad" }, { " NOTIFY=,FAILURE", "bad" },
  { " NOTIFY=FAILURE,", "bad" },
  { " NOTIFY=FAILURE,FAILURE", "bad" }, { " NOTIFY=ALWAYS", "bad" }, { " NOTIFY", "bad" },
  { " NOTIFY=DELAY NOTIFY=DELAY", "twice" }, { " ORCPT=rfc822;a+2Bb@c", "orfc822;a+2Bb@c|" },
  { " ORCPT=rfc822;a NOTIFY=DELAY", "orfc822;a|nDELAY|" }, { " ORCPT=rfc822;", "bad" }, { " ORCPT=;a", "bad" },
  { " ORCPT=a@b", "bad" }, { " ORCPT=rfc822;a\377@b", "bad" }, { " ORCPT=rf(c;a", "bad" },
  { " ORCPT=rfc822;a+0Db", "bad" },
  { " ORCPT=utf-8;a\\x{E4}b@c", "outf-8;a\\x{E4}b@c|" }, { " ORCPT=utf-8;a+2B@b", "bad" },
  { " ORCPT=utf-8;\\x{0A}", "bad" },
  { " ORCPT=UTF-8;\303\244@b", "bad" }, { " SMTPUTF8", "unknown" },
  { " ORCPT=x;a;b", "ox;a;b|" }, { " RET=FULL", "unknown" },
};

static char const *long_one(char const *name, size_t len)
{
  static char s[2000];
  size_t n = strlen(name);

  memcpy(s, name, n);
  memset(s + n, 'x', len);
  s[n + len] = 0;
  return s;
}

int main(void)
{
  char envid[200];
  struct parameters p;
  size_t i;

  for (i = 0; i < sizeof of_mail / sizeof *of_mail; i++)
    check(of_mail[i].text, !strcmp(take(mail, of_mail[i].text), of_mail[i].want));
  for (i = 0; i < sizeof of_rcpt / sizeof *of_rcpt; i++)
    check(of_rcpt[i].text, !strcmp(take(rcpt, of_rcpt[i].text), of_rcpt[i].want));
  snprintf(envid, sizeof envid, " ENVID=%s", text100);
  check("an ENVID of 100", take(mail, envid)[0] == 'e');
  snprintf(envid, sizeof envid, " ENVID=%sx", text100);
  check("of 101", !strcmp(take(mail, envid), "bad"));
  check("an ORCPT of 500", take(rcpt, long_one(" ORCPT=rfc822;", 493))[0] == 'o');
  check("of 501", !strcmp(take(rcpt, long_one(" ORCPT=rfc822;", 494)), "bad"));
  check("unitext", !strcmp(take(rcpt_utf8, " ORCPT=utf-8;\303\244@b"), "outf-8;\303\244@b|"));
  check("in valid UTF-8", !strcmp(take(rcpt_utf8, " ORCPT=utf-8;\303@b"), "bad"));
  check("and of no other type", !strcmp(take(rcpt_utf8, " ORCPT=rfc822;\303\244@b"), "bad"));
  check("SIZE is told", !parameters_mail(&p, " SIZE=12345", 0) && p.size == 12345);
  check("one too large for a number is the largest",
        !parameters_mail(&p, " SIZE=99999999999999999999", 0) && p.size == UINT64_MAX);
  check("and is forgotten", !parameters_mail(&p, "", 0) && !p.size);
  check("AUTH is not offered", !strcmp(take(mail, " AUTH=<>"), "unknown"));
  check("where it is nothing is kept of it", !*take(mail_auth, " AUTH=<>") && !*take(mail_auth, " AUTH=a+2Bb@c.example"));
  check("a wrong one", !strcmp(take(mail_auth, " AUTH="), "bad") && !strcmp(take(mail_auth, " AUTH=a=b"), "bad")
        && !strcmp(take(mail_auth, " AUTH=a AUTH=b"), "twice"));
  return unit_end();
}
