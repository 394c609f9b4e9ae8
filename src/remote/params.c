/* params.c - see params.h */

#include <stdio.h>
#include <string.h>

#include "lib/msg/utf8.h"
#include "lib/smtp/notify.h"
#include "lib/smtp/xtext.h"
#include "remote/params.h"

/* an original recipient as an esmtp-value (RFC 5321 4.1.2), with UTF-8 where that may be (RFC 6531 section 3.3) */
static int is_orcpt(char const *s)
{
  size_t i;

  for (i = 0; s[i]; i++)
    if ((unsigned char)s[i] < 33 || s[i] == 127 || s[i] == '=') return 0;
  return i <= XTEXT_ORCPT_MAX && strchr(s, ';') && utf8_sound(s);
}

/* An original recipient of type utf-8 for a host without SMTPUTF8: each character in the form \x{E4} (RFC 6533
   section 3). One of another type cannot have such bytes. */
static void put_orcpt(struct session *s, char const *orcpt, int utf8)
{
  size_t n;
  char form[16];
  uint32_t u;

  if (!is_orcpt(orcpt) || (utf8_beyond_ascii(orcpt) && strncmp(orcpt, "utf-8;", 6))) return;
  session_text(s, " ORCPT=", (char *)0);
  for (; (n = utf8_next(orcpt, &u)); orcpt += n) {
    if (n > 1 && !utf8) session_put(s, form, (size_t)snprintf(form, sizeof form, "\\x{%X}", (unsigned int)u));
    else session_put(s, orcpt, n);
  }
}

void params_mail(struct session *s, struct mail const *m, int utf8)
{
  char const *ret = param_text(m->job->params, 'r'), *envid = param_text(m->job->params, 'e');
  size_t len = strlen(envid);
  char size[40];

  if (s->offered & EXT_SIZE) {
    snprintf(size, sizeof size, " SIZE=%llu", (unsigned long long)m->message->wire);
    session_text(s, size, (char *)0);
  }
  if (m->message->eight_bit && s->offered & EXT_8BITMIME) session_text(s, " BODY=8BITMIME", (char *)0);
  if (utf8) session_text(s, " SMTPUTF8", (char *)0);
  if (!(s->offered & EXT_DSN)) return;
  if (!strcmp(ret, "FULL") || !strcmp(ret, "HDRS")) session_text(s, " RET=", ret, (char *)0);
  if (*envid && len <= XTEXT_ENVID_MAX && xtext_ok(envid, len)) session_text(s, " ENVID=", envid, (char *)0);
}

void params_rcpt(struct session *s, struct job_rcpt const *rcpt, int utf8)
{
  char const *notify = notify_text(notify_bits(param_text(rcpt->params, 'n')));

  if (!(s->offered & EXT_DSN)) return;
  if (notify) session_text(s, " NOTIFY=", notify, (char *)0);
  put_orcpt(s, param_text(rcpt->params, 'o'), utf8);
}
