/* rights.c - see rights.h */

#include <string.h>
#include <skalibs/stralloc.h>

#include "auth/prep.h"
#include "auth/rights.h"
#include "lib/conf/control.h"

static struct control_table table;
static stralloc me = STRALLOC_ZERO, marks = STRALLOC_ZERO;

int rights_read(void)
{
  struct control_table t = { 0, 0, 0 };

  if (control_table("loginsenders", &t, 1) == -1) return -1;
  if (control_value("me", &me) == -1 || control_value("recipientdelimiter", &marks) == -1) {
    control_table_free(&t);
    return -1;
  }
  control_table_free(&table);
  table = t;
  return 0;
}

/* What has commas between, a line each. */
static int add(char senders[AUTH_SENDERS_MAX + 1], char const *s)
{
  size_t len = strlen(senders), n = strlen(s), i;

  if (len + n + 1 > AUTH_SENDERS_MAX) return 0;
  if (len) senders[len++] = '\n';
  for (i = 0; i <= n; i++) senders[len + i] = s[i] == ',' ? '\n' : s[i];
  return 1;
}

/* all lines of one login; how many */
static size_t add_lines(char const *login, char senders[AUTH_SENDERS_MAX + 1], int *all)
{
  size_t i, n = 0;

  for (i = 0; i < table.n; i++) {
    if (strcmp(table.entries[i].key, login)) continue;
    *all &= add(senders, table.entries[i].value);
    n++;
  }
  return n;
}

/* behind what is there already */
static char *add_extensions(char *s, char const *login, size_t n, char mark, char const *domain)
{
  s[-1] = '\n';
  s = mempcpy(s, login, n);
  *s++ = mark;
  s = mempcpy(s, "*@", 2);
  return mempcpy(s, domain, strlen(domain) + 1);
}

/* its own address and its extensions */
static void add_own(char const *login, char senders[AUTH_SENDERS_MAX + 1])
{
  char const *at = strrchr(login, '@'), *end = login + strlen(login);
  char const *domain = at ? at + 1 : me.s;
  size_t n = (size_t)((at ? at : end) - login), len = strlen(domain);
  char const *mark;
  char *s = senders;

  if ((2 + marks.len) * (n + len + sizeof "-*@") > AUTH_SENDERS_MAX) return;
  s = mempcpy(s, login, n);
  *s++ = '@';
  s = mempcpy(s, domain, len + 1);
  s = add_extensions(s, login, n, '-', domain);
  for (mark = marks.s; *mark; mark++) s = add_extensions(s, login, n, *mark, domain);
}

int rights_of(char const *login, char senders[AUTH_SENDERS_MAX + 1])
{
  char low[AUTH_LOGIN_MAX + 1];
  int all = 1;

  memcpy(low, login, strlen(login) + 1);
  prep_fold(low);
  senders[0] = 0;
  if (!add_lines(low, senders, &all) && !add_lines("", senders, &all)) add_own(login, senders);
  return all;
}
