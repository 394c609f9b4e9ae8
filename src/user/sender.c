/* sender.c - see sender.h */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "door/limits.h"
#include "lib/addr/quote.h"
#include "lib/addr/spec.h"
#include "lib/addr/verp.h"
#include "lib/conf/passwd.h"
#include "lib/io/log.h"
#include "user/complete.h"
#include "user/sender.h"

#define NAME_BYTES_MAX 256      /* of a full name: what is longer is cut */

/* the first of these variables that is set, or a null pointer */
static char const *first(char const *const *names)
{
  char const *s = 0;

  for (; *names && !s; names++) s = getenv(*names);
  return s;
}

static char const *user(void)
{
  static char const *const names[] = { "QMAILUSER", "MAILUSER", "USER", "LOGNAME", 0 };
  char const *s = first(names);

  if (!s || !*s) s = passwd_name(getuid());
  return s ? s : "anonymous";
}

static char const *host(void)
{
  static char const *const names[] = { "QMAILHOST", "MAILHOST", 0 };

  return first(names);
}

static void memory(int ok)
{
  if (!ok) log_die(111, "fatal: out of memory", (char *)0);
}

/* The parts of an address from two values; a user part with @ brings its own host where there is none. */
static void address(stralloc *local, stralloc *domain, char const *u, char const *h)
{
  char const *at = strrchr(u, '@');
  size_t i, len = at ? (size_t)(at - u) : strlen(u);

  memory(stralloc_copyb(local, u, len) && stralloc_copys(domain, h ? h : at ? at + 1 : ""));
  memory(complete_domain(domain, 0));
  for (i = 0; i < local->len; i++)
    if ((unsigned char)local->s[i] < 32 || local->s[i] == 127) break;
  if (!local->len || i < local->len || !spec_domain_ok(domain->s, domain->len) || len + domain->len >= ADDRESS_MAX)
    log_diex(100, "fatal: no address can be made of the user '", u, "' and host '", h ? h : "",
             "' in the environment (USER, QMAILUSER, QMAILHOST, ...)", (char *)0);
}

void sender_style(struct sender_style *style)
{
  char const *s = getenv("QMAILINJECT");

  *style = (struct sender_style){ 0 };
  for (; s && *s; s++) {
    switch (*s) {
      case 'c': style->comment_name = 1; break;
      case 's': style->ignore_path = 1; break;
      case 'f': style->drop_from = 1; break;
      case 'i': style->drop_id = 1; break;
      case 'r': style->verp_rcpt = 1; break;
      case 'm': style->verp_message = 1; break;
      default: break;   /* letters of later versions do no harm */
    }
  }
}

static void put_comment(stralloc *sa, char const *s, size_t len)
{
  size_t i;

  memory(stralloc_cats(sa, " ("));
  for (i = 0; i < len; i++) {
    unsigned char c = (unsigned char)s[i];
    if (strchr("()\\", c)) memory(stralloc_catb(sa, "\\", 1));
    memory(stralloc_catb(sa, c < 32 || c == 127 ? " " : s + i, 1));
  }
  memory(stralloc_catb(sa, ")", 1));
}

void sender_from(stralloc *sa, struct sender_style const *style)
{
  static char const *const names[] = { "QMAILNAME", "MAILNAME", "NAME", 0 };
  stralloc local = STRALLOC_ZERO, domain = STRALLOC_ZERO;
  char const *name = first(names);
  size_t len = name ? strnlen(name, NAME_BYTES_MAX) : 0;

  address(&local, &domain, user(), host());
  memory(stralloc_catb(&local, "@", 1) && stralloc_cat(&local, &domain));
  memory(stralloc_catb(sa, " ", 1));
  if (len && !style->comment_name) memory(quote_phrase(sa, name, len) && stralloc_cats(sa, " <"));
  memory(quote_address(sa, local.s, local.len));
  if (len && !style->comment_name) memory(stralloc_catb(sa, ">", 1));
  else if (len) put_comment(sa, name, len);
  stralloc_free(&local);
  stralloc_free(&domain);
}

void sender_envelope(stralloc *sa, struct sender_style const *style)
{
  stralloc local = STRALLOC_ZERO, domain = STRALLOC_ZERO;
  char const *u = getenv("QMAILSUSER"), *h = getenv("QMAILSHOST");
  char stamp[64];

  address(&local, &domain, u && *u ? u : user(), h ? h : host());
  memory(stralloc_copy(sa, &local));
  if (style->verp_message) {
    snprintf(stamp, sizeof stamp, "-%lld.%ld", (long long)time(0), (long)getpid());
    memory(stralloc_cats(sa, stamp));
  }
  memory((!style->verp_rcpt || stralloc_catb(sa, "-", 1)) && stralloc_catb(sa, "@", 1) && stralloc_cat(sa, &domain)
         && (!style->verp_rcpt || stralloc_cats(sa, VERP_END)) && stralloc_0(sa));
  sa->len--;
  if (sa->len > ADDRESS_MAX) log_diex(100, "fatal: the sender's address is too long", (char *)0);
  stralloc_free(&local);
  stralloc_free(&domain);
}
