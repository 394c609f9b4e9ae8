/* ending.c - see ending.h */

#include <string.h>

#include "send/ending.h"

/* Statuses that tell of too much for a host, or for the way to it (RFC 3463): no answer, a bad connection, congestion,
   too slow; and security or policy, where hosts put their limits. Not those about names and routes: a lower number
   would not help them. */
static char const *const slow[] = { "4.4.1", "4.4.2", "4.4.5", "4.4.7", "4.7." };

/* A text begins with the status; a reply's code stands behind "answered VERB: ". */
static int asks_for_less(char const *text, size_t len)
{
  static char const leaving[] = ": 421 ";       /* RFC 5321 3.8 */
  size_t i;

  for (i = 0; i < sizeof slow / sizeof *slow; i++) {
    size_t n = strlen(slow[i]);
    if (len >= n && !memcmp(text, slow[i], n)) return 1;
  }
  return memmem(text, len, leaving, sizeof leaving - 1) != 0;
}

void ending_read(struct ending *e, struct report const *r, int remote)
{
  struct report_rcpt const *said = r->n ? r->rcpt : 0;
  int done = 0, slow_seen = 0;
  uint32_t i;

  *e = (struct ending){ .number = r->number, .reply = "" };
  for (i = 0; i < r->n; i++) {
    struct report_rcpt const *c = r->rcpt + i;
    if (c->result == RESULT_DONE) done = 1;
    if (c->result != RESULT_LATER) e->good = 1;
    else {
      slow_seen |= asks_for_less(c->text, c->text_len - c->cut);     /* without what other hosts said */
      if (said->result != RESULT_LATER) said = c;
    }
  }
  if (said) {
    e->reply = said->text;
    e->reply_len = said->text_len;
  }
  e->spoke = remote && r->relay[0];
  e->down = remote && r->flags & REPORT_HOST_DOWN;
  e->connected = remote && r->flags & REPORT_CONNECTED;
  e->good = e->good && e->spoke;
  e->slow = remote && (e->down || (slow_seen && !done));
}
