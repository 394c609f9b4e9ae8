/* forward.c - see forward.h */

#include <string.h>
#include <skalibs/stralloc.h>

#include "door/submit.h"
#include "lib/io/log.h"
#include "local/forward.h"
#include "local/message.h"
#include "local/verdict.h"

#define QUEUE_SECONDS 60        /* for mail-queued to come back */

static stralloc recipients;     /* T records; never freed: the process ends soon */

static void add(stralloc *sa, char type, char const *address)
{
  if (!stralloc_catb(sa, &type, 1) || !stralloc_cats(sa, address) || !stralloc_0(sa))
    verdict_later("4.3.0 out of memory");
}

void forward_add(char const *address)
{
  add(&recipients, 'T', address);
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

  add(&records, 'F', d->newsender);
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
