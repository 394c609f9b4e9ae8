/*
 * family.h - the numbers that mail-metrics keeps, and their text
 *
 * A family is what Prometheus calls so: one name, and a number for each combination of its labels, whose values are
 * fixed words. A gauge is told once it was set. See door/metrics.h for the file.
 */

#ifndef LOG_FAMILY_H
#define LOG_FAMILY_H

#include <stddef.h>
#include <stdint.h>

enum family {
  FAMILY_QUEUE,                 /* state: enum metrics_state */
  FAMILY_OLDEST,                /* the same; seconds since 1970, told as an age */
  FAMILY_UNDERWAY,              /* enum family_channel */
  FAMILY_LIMIT,                 /* the same */
  FAMILY_QUEUED,                /* enum family_origin */
  FAMILY_ENDED,
  FAMILY_DELIVERIES,            /* enum family_result, enum family_transport */
  FAMILY_DELAY,                 /* milliseconds, by family_observe */
  FAMILY_BOUNCES,               /* enum family_result */
  FAMILY_CONNECTIONS,           /* enum family_server */
  FAMILY_ACCEPTED,              /* enum family_server */
  FAMILY_REFUSALS,              /* enum family_refused, enum family_reason, lasting or not */
  FAMILY_LOGINS,                /* enum family_login */
  FAMILY_TLS_FAILURES,
  FAMILY_TROUBLE,               /* enum family_trouble */
  FAMILY_DROPPED,
  FAMILY_LINES,                 /* understood or not */
  FAMILY_FAILURES,              /* of writing the file */
  FAMILY_START,
  FAMILIES
};

enum family_channel { CHANNEL_LOCAL, CHANNEL_REMOTE };
enum family_origin { ORIGIN_USER, ORIGIN_NETWORK, ORIGIN_BOUNCE, ORIGIN_ALIAS, ORIGIN_OTHER };
enum family_result { RESULT_DELIVERED, RESULT_DEFERRED, RESULT_FAILED };
enum family_transport { TRANSPORT_LOCAL, TRANSPORT_HOST, TRANSPORT_PATH, TRANSPORT_NONE };
enum family_server { SERVER_SMTPD, SERVER_QMTPD, SERVER_QMQPD };
enum family_refused { REFUSED_CONNECTION, REFUSED_RECIPIENT, REFUSED_MESSAGE, REFUSED_QUEUE };
/* The second number of a status code (RFC 3463); 5.1.1 is a reason of its own. */
enum family_reason { REASON_OTHER, REASON_ADDRESS, REASON_MAILBOX, REASON_SYSTEM, REASON_NETWORK, REASON_PROTOCOL,
                     REASON_CONTENT, REASON_POLICY, REASON_UNKNOWN };
enum family_login { LOGIN_GOOD, LOGIN_FAILED, LOGIN_DELAYED };
enum family_trouble { TROUBLE_ALERT, TROUBLE_ERROR, TROUBLE_FATAL, TROUBLE_WARNING };

/* Labels in the order of the family; 0 for those that it has not. */
extern void family_add(enum family, unsigned int i, unsigned int j, unsigned int k, uint64_t n);
extern void family_set(enum family, unsigned int i, uint64_t n);
extern void family_observe(enum family, uint64_t milliseconds);
/* All that is counted begins anew; gauges stay. */
extern void family_begin(void);

/* Text that is being made: what does not fit makes it bad. */
struct text {
  char *s;
  size_t size, len;
  int bad;
};

extern void text_put(struct text *, char const *format, ...) __attribute__((format(printf, 2, 3)));
extern void family_head(struct text *, char const *name, char const *type, char const *help);
/* All families. now: seconds since 1970. */
extern void family_write(struct text *, int64_t now);

#endif
