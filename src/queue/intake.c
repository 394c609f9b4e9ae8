/* intake.c - see intake.h */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "door/envelope.h"
#include "door/limits.h"
#include "door/submit.h"
#include "door/trigger.h"
#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/log.h"
#include "lib/msg/date.h"
#include "queue/fault.h"
#include "queue/intake.h"
#include "queue/messageid.h"
#include "queue/records.h"
#include "queue/refusals.h"
#include "queue/seats.h"
#include "queue/space.h"
#include "queue/store.h"
#include "queue/wire.h"

enum step {
  STEP_ON,              /* go on with the message */
  STEP_NEXT,            /* the message is over, without an answer */
  STEP_CLOSE            /* the connection is over; with a fault it is told first */
};

static LARGE struct wire wire;
static LARGE struct store store;
static struct fault fault;      /* of this message */
static struct messageid messageid;
_Static_assert(MESSAGEID_MAX + 2 <= RECORDS_SPARE, "a Message-ID fits behind the records");
static struct caller who;
static struct caller_limits limits;
static unsigned int between;    /* seconds the caller may be silent between messages */
static int queue_fd, trigger_fd;
static uint64_t looked;         /* bytes of the message when the space was looked at last */
static size_t own;              /* bytes of our Received line, which do not count for the limit */
static int already;             /* this ID is queued: nothing is stored */

static struct origin {
  enum conf_role role;
  char const *name;             /* for the log */
  char const *trace;
} const origins[] = {
  { CONF_IN, "network", "from network" }, { CONF_BOUNCE, "bounce", "for bounce" }, { CONF_ALIAS, "alias", "by alias" }
};

/* null: another user */
static struct origin const *origin(void)
{
  size_t i;

  for (i = 0; i < sizeof origins / sizeof *origins; i++)
    if (who.uid == conf_users[origins[i].role].uid) return origins + i;
  return 0;
}

/* RFC 5321 4.4 asks for a trace line; what it says comes from the kernel alone. No host, no version, no pid. */
static void add_received(void)
{
  char line[160], date[DATE_MAX], by[32];
  struct origin const *from = origin();
  int n;

  date_format(date, (int64_t)time(0));
  snprintf(by, sizeof by, "by uid %lu", (unsigned long)who.uid);
  n = snprintf(line, sizeof line, "Received: (queued %s); %s\n", from ? from->trace : by, date);
  own = (size_t)n;
  store_data(&store, line, own, &fault);
}

static void look_for_space(void)
{
  int r = space_left(queue_fd, who.uid, limits.reserve);

  if (r == -1) fault_disk(&fault, "see how full the disk is", "");
  else if (!r) fault_set(&fault, SUBMIT_BUSY, "4.3.1 the disk of the queue is nearly full");
}

static enum step begin(void)
{
  char id[256];
  unsigned char len;

  already = 0;
  looked = 0;
  messageid_start(&messageid);
  if (!wire_get(&wire, (char *)&len, 1) || !wire_get(&wire, id, len)) return STEP_CLOSE;
  id[len] = 0;
  if (len && (strlen(id) != len || !id_ok(id) || !id_depth(id) || who.uid != conf_users[CONF_BOUNCE].uid))
    fault_set(&fault, SUBMIT_REFUSED, "5.7.0 this ID may not be named");
  else look_for_space();
  if (fault.code) return STEP_ON;
  already = !store_begin(&store, id, &fault);
  if (!already && !fault.code) add_received();
  return STEP_ON;
}

/* A part of the message. CR and NUL never come into the queue: with them somebody could make two messages of one. */
static void take(char const *s, size_t len)
{
  if (fault.code || already) return;
  if (memchr(s, 0, len) || memchr(s, '\r', len))
    fault_set(&fault, SUBMIT_REFUSED, "5.6.0 the message has a NUL or CR byte");
  else if (limits.bytes && who.uid != conf_users[CONF_BOUNCE].uid && store.bytes - own + len > limits.bytes)
    fault_set(&fault, SUBMIT_REFUSED, "5.3.4 the message is too big");
  else {
    messageid_feed(&messageid, s, len);
    store_data(&store, s, len, &fault);
    if (!fault.code && store.bytes - looked >= SPACE_STEP) {
      looked = store.bytes;
      look_for_space();
    }
  }
  if (fault.code) store_drop(&store);
}

static enum step chunks(void)
{
  for (;;) {
    uint32_t left;
    if (!wire_get_u32(&wire, &left)) return STEP_CLOSE;
    if (!left) return STEP_ON;
    if (left == SUBMIT_ABORT) return STEP_NEXT;
    if (left > SUBMIT_CHUNK_MAX) {
      fault_set(&fault, SUBMIT_FORMAT, "4.3.0 a chunk is too long");
      return STEP_CLOSE;
    }
    while (left) {
      size_t n;
      char const *s = wire_some(&wire, left, &n);
      if (!s) return STEP_CLOSE;
      take(s, n);
      left -= (uint32_t)n;
    }
  }
}

/* The Message-ID, if there is one, becomes a parameter of the sender, in the spare room behind the records. The new
   length; an envelope that has no room for it stays as it is. */
static uint32_t note_messageid(char *records, uint32_t len)
{
  uint32_t n, at = (uint32_t)strlen(records) + 1;

  messageid_end(&messageid);
  n = (uint32_t)messageid.len + 2;
  if (!messageid.len || len + n > ENVELOPE_BYTES_MAX) return len;
  memmove(records + at + n, records + at, len - at);
  records[at] = 'm';
  memcpy(records + at + 1, messageid.text, n - 1);
  return len + n;
}

/* mail-send is woken before the message is durable, the caller told after: who gets no answer sends again. Of a bounce
   mail-send hears last: one that is taken back comes once more under the same ID. */
static void queue_it(struct records *r)
{
  store_place(&store, who.uid, r->s, note_messageid(r->s, r->len), &fault);
  if (!fault.code && !id_depth(store.id)) trigger_pull(trigger_fd, store.id);
  if (!fault.code) store_settle(&store, &fault);
  if (!fault.code && id_depth(store.id)) trigger_pull(trigger_fd, store.id);
}

static enum step envelope(uint32_t *rcpts)
{
  struct records r;
  uint32_t len;
  int whole;

  if (!wire_get_u32(&wire, &len)) return STEP_CLOSE;
  if (len > ENVELOPE_BYTES_MAX) {
    fault_set(&fault, SUBMIT_LONG, "5.5.3 the envelope is too long");
    return STEP_CLOSE;
  }
  whole = records_read(&r, len, &wire, &who, &limits, &fault);
  if (whole && !fault.code && !already && wire_left(&wire)) whole = 0;
  if (whole && !fault.code && !already) queue_it(&r);
  records_free(&r);
  seat_memory(wire.seat, 0);
  *rcpts = r.rcpts;
  return whole ? STEP_ON : STEP_CLOSE;
}

static void log_fields(void)
{
  struct origin const *from = origin();

  log_count(" uid=", who.uid);
  log_count(" pid=", who.pid);
  log_field("origin", from ? from->name : "user");
}

static void log_queued(uint32_t rcpts)
{
  log_start();
  log_text(already ? "queued already" : "queued");
  log_field("id", store.id);
  log_fields();
  if (!already) {
    log_count(" bytes=", store.bytes);
    log_count(" rcpts=", rcpts);
  }
  log_end();
}

static void log_refused(void)
{
  if (!refusals_line(who.uid, REFUSALS_MESSAGES)) return;
  log_start();
  log_text("refused");
  log_fields();
  log_count(" code=", fault.code);
  log_field("text", fault.text);
  log_end();
}

static void log_gone(void)
{
  if (!refusals_line(who.uid, REFUSALS_MESSAGES)) return;
  log_start();
  log_text("caller went away in a message");
  log_fields();
  log_end();
}

static int finish(enum step step, uint32_t rcpts)
{
  if (wire.state == WIRE_UNSEATED) fault_set(&fault, SUBMIT_BUSY, "4.3.2 others need the place of a silent caller");
  if (wire.state == WIRE_LATE) fault_set(&fault, SUBMIT_TIMEOUT, "4.4.7 the message takes too long");
  if (fault.code || step != STEP_ON) store_drop(&store);
  if (step == STEP_NEXT) return 1;
  if (fault.code) {
    log_refused();
    return wire_answer(&wire, fault.code, fault.text) && step == STEP_ON;
  }
  if (step == STEP_CLOSE) {
    log_gone();
    return 0;
  }
  step = wire_answer(&wire, SUBMIT_OK, store.id) ? STEP_ON : STEP_CLOSE;
  log_queued(rcpts);
  return step == STEP_ON;
}

static int message(void)
{
  uint32_t rcpts = 0;
  enum step step;

  fault.code = 0;
  wire.deadline = io_clock() + (long long)limits.timeout * 1000;
  wire_patience(&wire, limits.idle);
  step = begin();
  if (step == STEP_ON) step = chunks();
  if (step == STEP_ON) step = envelope(&rcpts);
  wire.deadline = 0;
  wire_patience(&wire, between);
  return finish(step, rcpts);
}

void intake_start(int queue_dir, int trigger)
{
  queue_fd = queue_dir;
  trigger_fd = trigger;
  store_start(&store);
}

void intake_serve(int fd, struct caller const *c, struct caller_limits const *l, struct seat *seat)
{
  char b;

  who = *c;
  limits = *l;
  between = callers_idle(who.uid, limits.idle);
  fault.code = 0;
  queue_wire_start(&wire, fd, seat);
  wire_patience(&wire, between);
  if (!wire_get(&wire, &b, 1)) return;
  if (b != SUBMIT_VERSION) {
    fault_set(&fault, SUBMIT_FORMAT, "4.3.0 unknown version of the door");
    log_refused();
    wire_answer(&wire, fault.code, fault.text);
    return;
  }
  while (wire_get(&wire, &b, 1)) {
    if (b != 'M') {
      fault.code = 0;           /* what became of the message before is told */
      fault_set(&fault, SUBMIT_FORMAT, "4.3.0 no message starts here");
      log_refused();
      wire_answer(&wire, fault.code, fault.text);
      return;
    }
    if (!message()) return;
  }
}
