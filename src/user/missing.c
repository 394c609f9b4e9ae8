/* missing.c - the fields that mail-inject adds; see compose.h */

#include <string.h>
#include <time.h>

#include "lib/io/log.h"
#include "lib/msg/date.h"
#include "lib/msg/newid.h"
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
  char id[NEWID_MAX];

  if (!newid(id, complete_idhost())) log_die(111, "fatal: cannot make a Message-ID", (char *)0);
  add(c, prefix, "Message-ID: ", id);
  add(c, "\n", "", "");
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
