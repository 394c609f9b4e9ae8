/* tally.c - see tally.h */

#include <string.h>

#include "door/metrics.h"
#include "log/deferring.h"
#include "log/family.h"
#include "log/logline.h"
#include "log/tally.h"
#include "lib/io/io.h"

static char const *const servers[] = { "mail-smtpd", "mail-qmtpd", "mail-qmqpd" };
#define SERVERS (sizeof servers / sizeof *servers)

/* --- mail-send */

static enum family_transport transport(struct logline const *l)
{
  char const *relay;
  size_t len;

  if (!logline_field(l, "relay", &relay, &len)) return TRANSPORT_NONE;
  if (len == 5 && !memcmp(relay, "local", 5)) return TRANSPORT_LOCAL;
  if (len && *relay == '/') return TRANSPORT_PATH;
  return memchr(relay, '[', len) ? TRANSPORT_HOST : TRANSPORT_NONE;
}

static void delay(struct logline const *l)
{
  unsigned long long seconds, ms;
  char const *s;
  size_t len, n;

  if (!logline_field(l, "delay", &s, &len)) return;
  n = logline_number(s, len, &seconds);
  if (!n || n + 4 != len || s[n] != '.' || logline_number(s + n + 1, 3, &ms) != 3) return;
  if (seconds < UINT32_MAX) family_observe(FAMILY_DELAY, seconds * 1000 + ms);
}

static void delivery(struct logline const *l, enum family_result result)
{
  char const *to;
  size_t len;

  family_add(FAMILY_DELIVERIES, result, transport(l), 0, 1);
  if (result == RESULT_DELIVERED) delay(l);
  if (result == RESULT_DEFERRED && logline_field(l, "to", &to, &len)) deferring_add(to, len, io_clock());
}

/* new=3,1764240000 waiting=0 ... */
static void queue(struct logline const *l)
{
  unsigned long long count, since;
  char const *s;
  size_t len, n;
  unsigned int i;

  for (i = 0; i < METRICS_STATES; i++) {
    if (!logline_field(l, metrics_state[i], &s, &len)) continue;
    n = logline_number(s, len, &count);
    if (!n) continue;
    if (n == len || s[n] != ',' || !logline_number(s + n + 1, len - n - 1, &since)) since = 0;
    family_set(FAMILY_QUEUE, i, count);
    family_set(FAMILY_OLDEST, i, since);
  }
}

/* local l/L remote r/R queue n */
static void status(struct logline const *l)
{
  static char const *const channels[] = { "status: local ", " remote " };
  char const *s = l->s, *end = l->s + l->len;
  unsigned long long n, max;
  unsigned int i;
  size_t len;

  for (i = 0; i < 2; i++) {
    if ((size_t)(end - s) < strlen(channels[i]) || memcmp(s, channels[i], strlen(channels[i]))) return;
    s += strlen(channels[i]);
    len = logline_number(s, (size_t)(end - s), &n);
    if (!len || s + len == end || s[len] != '/') return;
    s += len + 1;
    len = logline_number(s, (size_t)(end - s), &max);
    if (!len) return;
    s += len;
    family_set(FAMILY_UNDERWAY, i, n);
    family_set(FAMILY_LIMIT, i, max);
  }
}

static void of_send(struct logline const *l)
{
  if (logline_begins(l, "delivered ")) delivery(l, RESULT_DELIVERED);
  else if (logline_begins(l, "deferred ")) delivery(l, RESULT_DEFERRED);
  else if (logline_begins(l, "failed ")) delivery(l, RESULT_FAILED);
  else if (logline_begins(l, "end ")) family_add(FAMILY_ENDED, 0, 0, 0, 1);
  else if (logline_begins(l, "queue ")) queue(l);
  else if (logline_begins(l, "status: ")) status(l);
  else if (logline_begins(l, "bounce deferred ") || logline_begins(l, "notice deferred "))
    family_add(FAMILY_BOUNCES, RESULT_DEFERRED, 0, 0, 1);
  else if (logline_begins(l, "bounce failed ") || logline_begins(l, "notice failed "))
    family_add(FAMILY_BOUNCES, RESULT_FAILED, 0, 0, 1);
  else if (logline_begins(l, "bounce ") || logline_begins(l, "notice "))
    family_add(FAMILY_BOUNCES, RESULT_DELIVERED, 0, 0, 1);
}

/* --- who refuses */

static int is_digit(char const *s, size_t len, size_t at)
{
  return at < len && s[at] >= '0' && s[at] <= '9';
}

/* "550 5.1.1 words", or without the first code. */
static void refusal(enum family_refused what, char const *s, size_t len, unsigned long long n)
{
  enum family_reason reason = REASON_OTHER;
  unsigned int lasting;

  if (is_digit(s, len, 0) && is_digit(s, len, 1) && is_digit(s, len, 2) && len > 4 && s[3] == ' ') s += 4, len -= 4;
  lasting = len && *s == '5';
  if (is_digit(s, len, 0) && len > 3 && s[1] == '.' && s[2] >= '1' && s[2] <= '7' && s[3] == '.')
    reason = (enum family_reason)(s[2] - '0');
  if (len >= 5 && !memcmp(s, "5.1.1", 5) && !is_digit(s, len, 5)) reason = REASON_UNKNOWN;
  family_add(FAMILY_REFUSALS, what, reason, lasting, n);
}

/* "4.7.0 words (and 12 before it)" */
static void connection(struct logline const *l)
{
  static char const and[] = "(and ";
  char const *s, *count;
  unsigned long long n = 0;
  size_t len = logline_reason(l, &s);

  count = memmem(s, len, and, sizeof and - 1);
  if (count) logline_number(count + sizeof and - 1, (size_t)(s + len - count) - (sizeof and - 1), &n);
  refusal(REFUSED_CONNECTION, s, len, n + 1);
}

/* "refused connections: 12 more" */
static void more_connections(struct logline const *l, size_t at)
{
  unsigned long long n;

  if (logline_number(l->s + at, l->len - at, &n)) family_add(FAMILY_REFUSALS, REFUSED_CONNECTION, REASON_OTHER, 0, n);
}

static void refused(struct logline const *l, enum family_refused what)
{
  char const *s;
  size_t len = logline_reason(l, &s);

  refusal(what, s, len, 1);
}

static void of_server(struct logline const *l, unsigned int server)
{
  static char const more[] = "refused connections: ";

  if (logline_begins(l, "session ended ")) family_add(FAMILY_CONNECTIONS, server, 0, 0, 1);
  else if (logline_begins(l, "accepted ")) family_add(FAMILY_ACCEPTED, server, 0, 0, 1);
  else if (logline_begins(l, "refused connection ")) connection(l);
  else if (logline_begins(l, more)) more_connections(l, sizeof more - 1);
  else if (logline_begins(l, "refused message ")) refused(l, REFUSED_MESSAGE);
  else if (logline_begins(l, "refused ")) refused(l, REFUSED_RECIPIENT);
}

/* --- mail-queued */

static void queued(struct logline const *l)
{
  static char const *const origins[] = { "user", "network", "bounce", "alias" };
  unsigned int i = 0;
  char const *s;
  size_t len;

  if (!logline_field(l, "origin", &s, &len)) len = 0;
  while (i < ORIGIN_OTHER && (len != strlen(origins[i]) || memcmp(s, origins[i], len))) i++;
  family_add(FAMILY_QUEUED, i, 0, 0, 1);
}

static void of_queued(struct logline const *l)
{
  static char const more[] = "refused: ";
  unsigned long long n;
  char const *s;
  size_t len;

  if (logline_begins(l, "queued id=")) queued(l);
  else if (logline_begins(l, more)) {
    if (logline_number(l->s + sizeof more - 1, l->len - (sizeof more - 1), &n))
      family_add(FAMILY_REFUSALS, REFUSED_QUEUE, REASON_OTHER, 0, n);
  }
  else if (logline_begins(l, "refused ") && logline_field(l, "text", &s, &len)) refusal(REFUSED_QUEUE, s, len, 1);
}

static void of_authd(struct logline const *l)
{
  if (logline_begins(l, "auth ok ")) family_add(FAMILY_LOGINS, LOGIN_GOOD, 0, 0, 1);
  else if (logline_begins(l, "auth failed ")) family_add(FAMILY_LOGINS, LOGIN_FAILED, 0, 0, 1);
  else if (logline_begins(l, "auth delayed")) family_add(FAMILY_LOGINS, LOGIN_DELAYED, 0, 0, 1);
}

/* --- all */

/* "warning: 12 log lines dropped" */
static void dropped(struct logline const *l)
{
  static char const words[] = " log lines dropped", warning[] = "warning: ";
  unsigned long long n;
  size_t at = sizeof warning - 1, len = logline_number(l->s + at, l->len - at, &n);

  at += len;
  if (len && l->len - at == sizeof words - 1 && !memcmp(l->s + at, words, sizeof words - 1))
    family_add(FAMILY_DROPPED, 0, 0, 0, n);
}

static void trouble(struct logline const *l)
{
  static char const *const words[] = { "alert: ", "error: ", "fatal: ", "warning: " };
  unsigned int i;

  for (i = 0; i < sizeof words / sizeof *words; i++)
    if (logline_begins(l, words[i])) {
      family_add(FAMILY_TROUBLE, i, 0, 0, 1);
      if (i == TROUBLE_WARNING) dropped(l);
      return;
    }
}

void tally_line(char const *s, size_t len)
{
  struct logline l;
  unsigned int i;

  if (!logline_read(&l, s, len)) {
    family_add(FAMILY_LINES, 1, 0, 0, 1);
    return;
  }
  family_add(FAMILY_LINES, 0, 0, 0, 1);
  trouble(&l);
  if (logline_of(&l, "mail-send")) of_send(&l);
  else if (logline_of(&l, "mail-queued")) of_queued(&l);
  else if (logline_of(&l, "mail-authd")) of_authd(&l);
  else if (logline_of(&l, "mail-tlsd")) {
    if (logline_begins(&l, "failed ")) family_add(FAMILY_TLS_FAILURES, 0, 0, 0, 1);
  }
  else for (i = 0; i < SERVERS; i++) if (logline_of(&l, servers[i])) of_server(&l, i);
}
