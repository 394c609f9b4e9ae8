/* forward.c - see forward.h */

#include <stdlib.h>
#include <string.h>
#include <skalibs/stralloc.h>

#include "door/limits.h"
#include "door/submit.h"
#include "lib/io/log.h"
#include "local/forward.h"
#include "local/message.h"
#include "local/verdict.h"

#define QUEUE_SECONDS 60        /* for mail-queued to come back */

static stralloc recipients;     /* T records and their parameters; never freed: the process ends soon */

static void add(stralloc *sa, char type, char const *address)
{
  if (!stralloc_catb(sa, &type, 1) || !stralloc_cats(sa, address) || !stralloc_0(sa))
    verdict_later("4.3.0 out of memory");
}

/* the parameter in a variable of mail-lspawn's */
static void add_variable(stralloc *sa, char type, char const *name)
{
  char const *value = getenv(name);

  if (value && strlen(value) <= ADDRESS_MAX) add(sa, type, value);
}

/* What the sender wants to hear of what becomes of it from here on. Success is told of this delivery, so no more of
   it; where nothing else was asked for, nothing is left to be told (RFC 3461 5.2.7.3). Null: nothing was asked for. */
static char const *notify(void)
{
  char const *s = getenv("NOTIFY");
  int failure = s && strstr(s, "FAILURE"), delay = s && strstr(s, "DELAY");

  if (failure) return delay ? "FAILURE,DELAY" : "FAILURE";
  if (delay) return "DELAY";
  return s && (strstr(s, "NEVER") || strstr(s, "SUCCESS")) ? "NEVER" : 0;
}

/* An owner is another sender, who has asked for nothing. */
static int same_sender(struct delivery const *d)
{
  return !strcmp(d->newsender, d->sender);
}

void forward_add(struct delivery const *d, char const *address)
{
  char const *wanted = same_sender(d) ? notify() : 0;

  add(&recipients, 'T', address);
  if (wanted) add(&recipients, 'n', wanted);
  if (same_sender(d)) add_variable(&recipients, 'o', "ORCPT");
}

static void add_sender(stralloc *records, struct delivery const *d)
{
  add(records, 'F', d->newsender);
  add_variable(records, 'p', "QUEUEID");
  if (same_sender(d)) {
    add_variable(records, 'r', "RET");
    add_variable(records, 'e', "ENVID");
  }
  if (getenv("SMTPUTF8")) add(records, 'u', "");
}

static void give_message(struct submit *s, struct delivery const *d)
{
  static char buf[MESSAGE_CHUNK];
  off_t at = 0;
  ssize_t r;

  submit_begin(s, "");
  submit_data(s, d->dtline, strlen(d->dtline));
  while ((r = message_read(at, buf, sizeof buf)) > 0) {
    submit_data(s, buf, (size_t)r);
    at += r;
  }
  if (r != -1) return;
  submit_abort(s);
  log_sys("unable to read the message");
  verdict_later("4.3.0 unable to read the message");
}

char const *forward_send(struct delivery const *d)
{
  static struct submit s;
  stralloc records = STRALLOC_ZERO;
  int code = submit_open(&s, QUEUE_SECONDS);

  add_sender(&records, d);
  if (!stralloc_cat(&records, &recipients)) verdict_later("4.3.0 out of memory");
  if (!code) {
    give_message(&s, d);
    code = submit_end(&s, records.s, records.len);
  }
  if (!code) return s.text;
  log_line("unable to forward: ", s.text);
  if (submit_permanent(code)) verdict_never("5.3.0 the message could not be forwarded");
  verdict_later("4.3.0 unable to forward the message");
}
