/* family.c - see family.h */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "door/metrics.h"
#include "lib/io/large.h"
#include "log/family.h"

#define LABELS 3
#define CELLS (4 * 9 * 2)

enum kind { COUNTER, GAUGE, AGE, HISTOGRAM };

struct label {
  char const *name;
  char const *const *values;    /* up to a null */
};

static char const *const channels[] = { "local", "remote", 0 };
static char const *const origins[] = { "user", "network", "bounce", "alias", "other", 0 };
static char const *const results[] = { "delivered", "deferred", "failed", 0 };
static char const *const transports[] = { "local", "host", "path", "none", 0 };
static char const *const servers[] = { "smtpd", "qmtpd", "qmqpd", 0 };
static char const *const refused[] = { "connection", "recipient", "message", "queue", 0 };
static char const *const reasons[] = { "other", "address", "mailbox", "system", "network", "protocol", "content",
                                       "policy", "unknown", 0 };
static char const *const lasting[] = { "temporary", "permanent", 0 };
static char const *const logins[] = { "good", "failed", "delayed", 0 };
static char const *const troubles[] = { "alert", "error", "fatal", "warning", 0 };
static char const *const understood[] = { "understood", "other", 0 };
static char const *states[METRICS_STATES + 1];  /* metrics_state */

static unsigned int const bounds[] = { 1, 5, 15, 60, 300, 900, 3600, 14400, 86400 };    /* seconds */
#define BOUNDS (sizeof bounds / sizeof *bounds)

static struct {
  char const *name, *help;
  enum kind kind;
  struct label label[LABELS];
} const families[FAMILIES] = {
  [FAMILY_QUEUE] = { METRICS_QUEUE, "Messages in the queue.", GAUGE, { { "state", states } } },
  [FAMILY_OLDEST] = { METRICS_OLDEST, "Age of the oldest message in the queue.", AGE, { { "state", states } } },
  [FAMILY_UNDERWAY] = { "bulkhead_deliveries_underway", "Deliveries under way.", GAUGE, { { "channel", channels } } },
  [FAMILY_LIMIT] = { "bulkhead_deliveries_limit", "Deliveries that may be under way.", GAUGE,
    { { "channel", channels } } },
  [FAMILY_QUEUED] = { "bulkhead_messages_queued_total", "Messages taken into the queue.", COUNTER,
    { { "origin", origins } } },
  [FAMILY_ENDED] = { "bulkhead_messages_ended_total", "Messages done and removed.", COUNTER, { { 0 } } },
  [FAMILY_DELIVERIES] = { "bulkhead_deliveries_total", "Ends of tries, a recipient each.", COUNTER,
    { { "result", results }, { "transport", transports } } },
  [FAMILY_DELAY] = { "bulkhead_delay_seconds", "Time from a message's arrival to a recipient's delivery.", HISTOGRAM,
    { { 0 } } },
  [FAMILY_BOUNCES] = { "bulkhead_bounces_total", "Bounces and notices: in the queue, put off, given up.", COUNTER,
    { { "result", results } } },
  [FAMILY_CONNECTIONS] = { "bulkhead_connections_total", "Connections that were served and have ended.", COUNTER,
    { { "server", servers } } },
  [FAMILY_ACCEPTED] = { "bulkhead_messages_accepted_total", "Messages taken from clients.", COUNTER,
    { { "server", servers } } },
  [FAMILY_REFUSALS] = { "bulkhead_refusals_total", "What was refused, by the class of the status code.", COUNTER,
    { { "what", refused }, { "reason", reasons }, { "kind", lasting } } },
  [FAMILY_LOGINS] = { "bulkhead_logins_total", "Logins of clients.", COUNTER, { { "result", logins } } },
  [FAMILY_TLS_FAILURES] = { "bulkhead_tls_failures_total", "Handshakes that failed, of clients and with servers.",
    COUNTER, { { 0 } } },
  [FAMILY_TROUBLE] = { "bulkhead_log_trouble_total", "Lines of the log that tell of trouble.", COUNTER,
    { { "severity", troubles } } },
  [FAMILY_DROPPED] = { "bulkhead_log_dropped_total", "Lines that found no room on the way to the log.", COUNTER,
    { { 0 } } },
  [FAMILY_LINES] = { "bulkhead_metrics_lines_total", "Lines that were read.", COUNTER, { { "form", understood } } },
  [FAMILY_FAILURES] = { "bulkhead_metrics_write_failures_total", "Times that this file could not be written.", COUNTER,
    { { 0 } } },
  [FAMILY_START] = { "bulkhead_metrics_start_time_seconds", "When counting began (seconds since 1970).", GAUGE,
    { { 0 } } },
};

static LARGE struct {
  int known;                    /* a gauge was set */
  uint64_t cell[CELLS];
  uint64_t sum;                 /* of a histogram */
} numbers[FAMILIES];

static unsigned int values(enum family f, int label)
{
  char const *const *v = families[f].label[label].values;
  unsigned int n = 0;

  if (!families[f].label[label].name) return 1;
  if (v == states) return METRICS_STATES;
  while (v[n]) n++;
  return n;
}

void family_add(enum family f, unsigned int i, unsigned int j, unsigned int k, uint64_t n)
{
  numbers[f].cell[(i * values(f, 1) + j) * values(f, 2) + k] += n;
}

void family_set(enum family f, unsigned int i, uint64_t n)
{
  numbers[f].cell[i] = n;
  numbers[f].known = 1;
}

void family_observe(enum family f, uint64_t milliseconds)
{
  size_t i = 0;

  while (i < BOUNDS && milliseconds > bounds[i] * UINT64_C(1000)) i++;
  numbers[f].cell[i]++;
  numbers[f].sum += milliseconds;
}

void family_begin(void)
{
  int f;

  for (f = 0; f < FAMILIES; f++) {
    if (families[f].kind == GAUGE || families[f].kind == AGE) continue;
    memset(numbers[f].cell, 0, sizeof numbers[f].cell);
    numbers[f].sum = 0;
  }
}

void text_put(struct text *t, char const *format, ...)
{
  va_list ap;
  int n;

  if (t->bad) return;
  va_start(ap, format);
  n = vsnprintf(t->s + t->len, t->size - t->len, format, ap);
  va_end(ap);
  t->bad = n < 0 || (size_t)n >= t->size - t->len;
  if (!t->bad) t->len += (size_t)n;
}

void family_head(struct text *t, char const *name, char const *type, char const *help)
{
  text_put(t, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void write_histogram(struct text *t, enum family f)
{
  char const *name = families[f].name;
  uint64_t n = 0;
  size_t i;

  for (i = 0; i < BOUNDS; i++) {
    n += numbers[f].cell[i];
    text_put(t, "%s_bucket{le=\"%u\"} %llu\n", name, bounds[i], (unsigned long long)n);
  }
  n += numbers[f].cell[BOUNDS];
  text_put(t, "%s_bucket{le=\"+Inf\"} %llu\n%s_sum %llu.%03llu\n%s_count %llu\n", name, (unsigned long long)n, name,
           (unsigned long long)numbers[f].sum / 1000, (unsigned long long)numbers[f].sum % 1000, name,
           (unsigned long long)n);
}

/* name{label="value",...}: of the number at this place */
static void write_name(struct text *t, enum family f, unsigned int cell)
{
  unsigned int i, each = values(f, 0) * values(f, 1) * values(f, 2);

  text_put(t, "%s", families[f].name);
  for (i = 0; i < LABELS && families[f].label[i].name; i++) {
    each /= values(f, (int)i);
    text_put(t, "%s%s=\"%s\"", i ? "," : "{", families[f].label[i].name,
             families[f].label[i].values[cell / each % values(f, (int)i)]);
  }
  text_put(t, i ? "} " : " ");
}

static uint64_t age(uint64_t since, int64_t now)
{
  return since && (int64_t)since < now ? (uint64_t)now - since : 0;
}

void family_write(struct text *t, int64_t now)
{
  static char const *const type[] = { "counter", "gauge", "gauge", "histogram" };
  unsigned int f, cell, n;

  memcpy(states, metrics_state, sizeof metrics_state);
  for (f = 0; f < FAMILIES; f++) {
    enum kind kind = families[f].kind;
    if ((kind == GAUGE || kind == AGE) && !numbers[f].known) continue;
    family_head(t, families[f].name, type[kind], families[f].help);
    if (kind == HISTOGRAM) {
      write_histogram(t, (enum family)f);
      continue;
    }
    n = values((enum family)f, 0) * values((enum family)f, 1) * values((enum family)f, 2);
    for (cell = 0; cell < n; cell++) {
      uint64_t value = numbers[f].cell[cell];
      write_name(t, (enum family)f, cell);
      text_put(t, "%llu\n", (unsigned long long)(kind == AGE ? age(value, now) : value));
    }
  }
}
