/* dsn.c - see dsn.h */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/io/log.h"
#include "lib/smtp/notify.h"
#include "lib/smtp/xtext.h"
#include "user/dsn.h"

static void memory(int ok)
{
  if (!ok) log_die(111, "fatal: out of memory", (char *)0);
}

static void put(stralloc *sa, char letter, char const *value)
{
  memory(stralloc_catb(sa, &letter, 1) && stralloc_catb(sa, value, strlen(value) + 1));
}

/* The value of a variable, "" where it is not set, in memory of its own. */
static char *value_of(char const *name)
{
  char const *s = getenv(name);
  char *copy = strdup(s ? s : "");

  memory(copy != 0);
  unsetenv(name);
  return copy;
}

/* As it is when it is xtext already, which callers of other sendmails must give; else encoded. */
static void put_envid(stralloc *sa, char const *s)
{
  char encoded[XTEXT_MAX_OF(XTEXT_ENVID_MAX)];
  size_t len = strlen(s);

  if (len <= XTEXT_ENVID_MAX && xtext_ok(s, len)) put(sa, 'e', s);
  else if (len <= XTEXT_ENVID_MAX && xtext_encode(encoded, s) && strlen(encoded) <= XTEXT_ENVID_MAX)
    put(sa, 'e', encoded);
  else
    log_diex(100, "fatal: the envelope id (-V of sendmail, " DSN_ENVID ") must be at most 100 printable characters: ",
             s, (char *)0);
}

void dsn_read(struct rcpts_params *p)
{
  char *notify = value_of(DSN_NOTIFY), *ret = value_of(DSN_RET), *envid = value_of(DSN_ENVID);
  char const *list = notify_text(notify_bits(notify));

  if (*notify && !list)
    log_diex(100, "fatal: when to tell (-N of sendmail, " DSN_NOTIFY ") is never, or some of success,failure,delay: ",
             notify, (char *)0);
  if (*notify) put(&p->of_rcpt, 'n', list);
  if (*ret && strcasecmp(ret, "full") && strcasecmp(ret, "hdrs"))
    log_diex(100, "fatal: what to return (-R of sendmail, " DSN_RET ") is full or hdrs: ", ret, (char *)0);
  if (*ret) put(&p->of_sender, 'r', strcasecmp(ret, "full") ? "HDRS" : "FULL");
  if (*envid) put_envid(&p->of_sender, envid);
  free(notify);
  free(ret);
  free(envid);
}
