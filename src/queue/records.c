/* records.c - see records.h */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "door/envelope.h"
#include "door/limits.h"
#include "door/submit.h"
#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "queue/records.h"
#include "queue/seats.h"

static uint32_t least(uint32_t a, uint32_t b)
{
  return a < b ? a : b;
}

/* Room for so many bytes; the file that is made of them is as large again, so they count twice. Most envelopes are
   small, and no page is mapped anew for them. */
static int grow(struct records *r, uint32_t size, struct seat *seat)
{
  static LARGE char small[SEAT_MEMORY_FREE / 2 + RECORDS_SPARE];
  char *s = small;

  if (!seat_memory(seat, 2 * size)) return 0;
  if (size > SEAT_MEMORY_FREE / 2) s = realloc(r->large, (size_t)size + RECORDS_SPARE);
  if (!s) return 0;
  if (s != small) {
    if (!r->large) memcpy(s, r->s, r->len);
    r->large = s;
  }
  r->s = s;
  return 1;
}

static int get(struct records *r, uint32_t len, struct wire *w, struct fault *f)
{
  uint32_t size = least(len ? len : 1, SEAT_MEMORY_FREE / 2);

  for (r->len = 0;;) {
    if (!grow(r, size, w->seat)) {
      fault_set(f, SUBMIT_MEMORY, "4.3.0 too much memory is taken by large envelopes");
      return 0;
    }
    if (!wire_get(w, r->s + r->len, least(len, size) - r->len)) return 0;
    r->len = least(len, size);
    if (r->len == len) return 1;
    size = least(len, 2 * size);
  }
}

/* What the door's grammar leaves open and the queue cannot use. */
static void check(struct records *r, struct caller const *who, struct caller_limits const *l, struct fault *f)
{
  static char too_many[80];
  uint32_t at, params = 0, bytes = 0, len;

  for (at = 0; at < r->len; at += len) {
    len = (uint32_t)strlen(r->s + at) + 1;
    if (r->s[at] != 'F' && r->s[at] != 'T') {
      bytes += len;
      if (++params > RECORDS_PARAMS || bytes > RECORDS_PARAM_BYTES)
        fault_set(f, SUBMIT_REFUSED, "5.5.4 too many parameters of one address");
      continue;
    }
    params = bytes = 0;
    if (r->s[at] == 'F') continue;
    r->rcpts++;
    if (len == 2 && who->uid != conf_users[CONF_BOUNCE].uid) fault_set(f, SUBMIT_REFUSED, "5.1.3 a recipient is empty");
  }
  if (r->rcpts <= l->recipients) return;
  snprintf(too_many, sizeof too_many, "5.5.3 more recipients than control/maxrecipients allows: %u", l->recipients);
  fault_set(f, SUBMIT_REFUSED, too_many);
}

int records_read(struct records *r, uint32_t len, struct wire *w, struct caller const *who,
                 struct caller_limits const *l, struct fault *f)
{
  long long until = io_clock() + RECORDS_SECONDS * 1000LL;

  *r = (struct records){ 0 };
  if (!w->deadline || until < w->deadline) w->deadline = until;
  wire_patience(w, l->idle < RECORDS_IDLE ? l->idle : RECORDS_IDLE);
  if (!get(r, len, w, f)) return 0;
  switch (envelope_records_ok(r->s, r->len)) {
    case 0: check(r, who, l, f); break;
    case 11: fault_set(f, SUBMIT_LONG, "5.1.0 an address is too long"); break;
    default: fault_set(f, SUBMIT_FORMAT, "4.3.0 the envelope is not one"); break;
  }
  return 1;
}

void records_free(struct records *r)
{
  free(r->large);
}
