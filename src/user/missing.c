/* missing.c - the fields that mail-inject adds; see compose.h */

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "lib/io/log.h"
#include "lib/msg/date.h"
#include "user/complete.h"
#include "user/compose.h"
#include "user/field.h"
#include "user/followup.h"

static void memory(int ok)
{
  if (!ok) log_die(111, "fatal: out of memory", (char *)0);
}

static void add(struct compose *c, char const *prefix, char const *name, char const *value)
{
  memory(stralloc_cats(&c->header, prefix) && stralloc_cats(&c->header, name) && stralloc_cats(&c->header, value));
}

static void add_id(struct compose *c, char const *prefix)
{
  time_t now = time(0);
  struct tm tm;
  uint64_t random;
  char s[64];

  if (!gmtime_r(&now, &tm) || getrandom(&random, sizeof random, 0) != sizeof random)
    log_die(111, "fatal: cannot make a Message-ID", (char *)0);
  snprintf(s, sizeof s, ": <%04d%02d%02d%02d%02d%02d.%016llx@", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
           tm.tm_hour, tm.tm_min, tm.tm_sec, (unsigned long long)random);
  add(c, prefix, "Message-ID", s);
  add(c, complete_idhost(), ">\n", "");
}

static void add_date(struct compose *c, char const *prefix)
{
  char date[DATE_MAX];

  date_format(date, time(0));
  add(c, prefix, "Date: ", date);
  add(c, "\n", "", "");
}

void compose_finish(struct compose *c)
{
  int resent = !!(c->seen[1] & FIELD_RESENT);
  char const *prefix = resent ? "Resent-" : "";
  unsigned int seen = c->seen[resent];

  if (!(seen & FIELD_DATE)) add_date(c, prefix);
  if (!(seen & FIELD_ID)) add_id(c, prefix);
  if (!(seen & FIELD_FROM)) {
    add(c, prefix, "From:", "");
    sender_from(&c->header, &c->style);
    add(c, "\n", "", "");
  }
  if (!(seen & FIELD_SHOWN)) add(c, prefix, "Cc: recipient list not shown: ;\n", "");
  if (!resent && !(seen & FIELD_FOLLOWUP)) followup_add(&c->header, &c->shown);
}
