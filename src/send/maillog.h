/*
 * maillog.h - the lines of mail-log(5) that tell what becomes of mail
 *
 * Every such line of mail-send is made here, so that its form is in one place. What else the log gets, warnings and
 * alerts, is prose, and stands where it happens.
 */

#ifndef SEND_MAILLOG_H
#define SEND_MAILLOG_H

#include <stddef.h>
#include <stdint.h>

struct message;

struct census;
struct maillog_status {
  uint32_t local, local_max, remote, remote_max;        /* deliveries under way, and how many may be */
  uint32_t queue;                                       /* messages known */
};

/* It was looked at for the first time. */
extern void maillog_new(struct message const *);
/* word: delivered, deferred or failed; relay and tls are the report's (null: no agent's), the text as it said it. */
struct report;
extern void maillog_result(struct message const *, uint32_t index, char const *word, struct report const *,
                           char const *text, size_t len);
/* word: bounce or notice, alone or with deferred or failed. */
extern void maillog_bounce(struct message const *, char const *word, uint32_t number, uint32_t rcpts,
                           char const *text, size_t len);
extern void maillog_end(char const *id);

/* An operator's order about a message or a domain: what is "id" or "domain". */
struct desk_order;
extern void maillog_order(struct desk_order const *, char const *what, char const *which);

extern void maillog_busy(char const *address, uint32_t waiting);
extern void maillog_down(char const *domain, long long seconds, uint32_t waiting);
extern void maillog_status(struct maillog_status const *);
/* One for each metrics_state. */
extern void maillog_queue(struct census const *);

#endif
