/* forward.c - see forward.h */

#include <stdlib.h>
#include <string.h>
#include <skalibs/stralloc.h>

#include "door/limits.h"
#include "door/param.h"
#include "door/submit.h"
#include "lib/io/large.h"
#include "lib/io/log.h"
#include "lib/msg/id.h"
#include "lib/smtp/notify.h"
#include "local/forward.h"
#include "local/message.h"
#include "local/verdict.h"

#define QUEUE_SECONDS 60        /* for mail-queued to come back */

static stralloc recipients;     /* T records and their parameters */

void forward_start(void)
{
  recipients.len = 0;
}

static void add(stralloc *sa, char type, char const *address)
{
  if (!stralloc_catb(sa, &type, 1) || !stralloc_cats(sa, address) || !stralloc_0(sa))
    verdict_later("4.3.0 out of memory");
}

/* What the sender wants to hear of what becomes of it from here on. Success is told of this delivery, so no more of
   it; where nothing else was asked for, nothing is left to be told (RFC 3461 5.2.7.3). Null: nothing was asked for. */
static char const *notify(void)
{
  char const *s = getenv("NOTIFY");
  int asked = s ? notify_bits(s) : 0, left = asked & ~NOTIFY_SUCCESS;

  return notify_text(asked && !left ? NOTIFY_NEVER : left);
}

/* An owner is another sender, who has asked for nothing. */
static int same_sender(struct delivery const *d)
{
  return !strcmp(d->newsender, d->sender);
}

/* those of the sender or of a recipient that go on, from mail-lspawn's variables */
static void add_params(stralloc *sa, struct delivery const *d, int of_rcpt)
{
  struct param const *k;

  for (k = params_known; k->letter; k++) {
    char const *value = k->of_rcpt == of_rcpt ? getenv(k->name) : 0;
    if (!value || strlen(value) > ADDRESS_MAX) continue;
    if (k->forward == PARAM_MESSAGE || (k->forward == PARAM_SENDER && same_sender(d)))
      add(sa, k->letter, k->has_value ? value : "");
  }
}

void forward_add(struct delivery const *d, char const *address)
{
  char const *wanted = same_sender(d) ? notify() : 0;

  add(&recipients, 'T', address);
  if (wanted) add(&recipients, 'n', wanted);
  add_params(&recipients, d, 1);
}

static void add_sender(stralloc *records, struct delivery const *d)
{
  char const *id = getenv("QUEUEID");

  add(records, 'F', d->newsender);
  if (id && id_ok(id)) add(records, 'p', id);
  add_params(records, d, 0);
}

static void give_message(struct submit *s, struct delivery const *d)
{
  char const *text;
  off_t at = 0;
  ssize_t r;

  submit_begin(s, "");
  submit_data(s, d->dtline, strlen(d->dtline));
  while ((r = message_at(at, &text)) > 0) {
    submit_data(s, text, (size_t)r);
    at += r;
  }
  if (r != -1) return;
  submit_abort(s);
  log_sys("unable to read the message");
  verdict_later("4.3.0 unable to read the message");
}

char const *forward_send(struct delivery const *d)
{
  static LARGE struct submit s;
  static stralloc records;
  int code = submit_open(&s, QUEUE_SECONDS);

  records.len = 0;
  add_sender(&records, d);
  if (!stralloc_cat(&records, &recipients)) verdict_later("4.3.0 out of memory");
  if (!code) {
    give_message(&s, d);
    code = submit_end(&s, records.s, records.len);
  }
  submit_close(&s);
  if (!code) return s.text;
  log_line("unable to forward: ", s.text);
  if (submit_permanent(code)) verdict_never("5.3.0 the message could not be forwarded");
  verdict_later("4.3.0 unable to forward the message");
}
