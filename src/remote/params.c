/* params.c - see params.h */

#include <stdio.h>
#include <string.h>

#include "lib/addr/utf8.h"
#include "remote/params.h"

#define ENVID_MAX 100           /* RFC 3461 section 4.4 */
#define ORCPT_MAX 500           /* RFC 3461 section 4.2 */

/* esmtp-value (RFC 5321 4.1.2), with UTF-8 where that may be (RFC 6531 section 3.3) */
static int is_value(char const *s, size_t max)
{
  size_t i;

  for (i = 0; s[i]; i++)
    if ((unsigned char)s[i] < 33 || s[i] == 127 || s[i] == '=') return 0;
  return i && i <= max && utf8_sound(s);
}

static int is_notify(char const *s)
{
  static char const *const words[] = { "SUCCESS", "FAILURE", "DELAY" };
  size_t i, n;

  if (!strcmp(s, "NEVER")) return 1;
  for (;; s += n + 1) {
    n = strcspn(s, ",");
    for (i = 0; i < 3 && (strlen(words[i]) != n || strncmp(s, words[i], n)); i++);
    if (i == 3) return 0;
    if (!s[n]) return 1;
  }
}

/* An original recipient of type utf-8 for a host without SMTPUTF8: each character in the form \x{E4} (RFC 6533
   section 3). One of another type cannot have such bytes. */
static void put_orcpt(struct session *s, char const *orcpt, int utf8)
{
  size_t n;
  char form[16];
  uint32_t u;

  if (!is_value(orcpt, ORCPT_MAX) || !strchr(orcpt, ';')) return;
  if (utf8_beyond_ascii(orcpt) && strncmp(orcpt, "utf-8;", 6)) return;
  session_text(s, " ORCPT=", (char *)0);
  for (; (n = utf8_next(orcpt, &u)); orcpt += n) {
    if (n > 1 && !utf8) session_put(s, form, (size_t)snprintf(form, sizeof form, "\\x{%X}", (unsigned int)u));
    else session_put(s, orcpt, n);
  }
}

void params_mail(struct session *s, struct mail const *m, int utf8)
{
  char const *ret = param_text(m->job->params, 'r'), *envid = param_text(m->job->params, 'e');
  char size[40];

  if (s->offered & EXT_SIZE) {
    snprintf(size, sizeof size, " SIZE=%llu", (unsigned long long)m->message->wire);
    session_text(s, size, (char *)0);
  }
  if (m->message->eight_bit && s->offered & EXT_8BITMIME) session_text(s, " BODY=8BITMIME", (char *)0);
  if (utf8) session_text(s, " SMTPUTF8", (char *)0);
  if (!(s->offered & EXT_DSN)) return;
  if (!strcmp(ret, "FULL") || !strcmp(ret, "HDRS")) session_text(s, " RET=", ret, (char *)0);
  if (is_value(envid, ENVID_MAX) && !utf8_beyond_ascii(envid)) session_text(s, " ENVID=", envid, (char *)0);
}

void params_rcpt(struct session *s, struct job_rcpt const *rcpt, int utf8)
{
  char const *notify = param_text(rcpt->params, 'n');

  if (!(s->offered & EXT_DSN)) return;
  if (is_notify(notify)) session_text(s, " NOTIFY=", notify, (char *)0);
  put_orcpt(s, param_text(rcpt->params, 'o'), utf8);
}
