/*
 * job.h - the doors from mail-send to mail-open (orders) and from mail-open to the agents (jobs)
 *
 * Who fears whom: mail-open fears mail-send, which may only name messages, recipients by index and, for
 * bounces, texts; mail-open takes the addresses from the envelope itself. The agents (mail-lspawn,
 * mail-rspawn, mail-bounce) trust mail-open for addresses and for the descriptor of the message. One
 * record each (lib/io/packet.h); the job's record carries the message's descriptor.
 */

#ifndef DOOR_JOB_H
#define DOOR_JOB_H

#include <stddef.h>
#include <stdint.h>

#include "door/limits.h"
#include "door/param.h"
#include "lib/io/packet.h"
#include "lib/msg/id.h"

#define JOB_RCPTS_MAX 100       /* recipients of one job; RFC 5321 4.5.3.1.8 lets a server stop there */
#define JOB_ROOM 60000          /* bytes of job_cost over all recipients: then a job fits one record */

/* what a recipient takes of JOB_ROOM; mail-send adds them up, mail-open checks. params_len: of its parameters' run */
#define job_cost(address_len, text_len, params_len) ((address_len) + (text_len) + (params_len) + 32)

enum job_kind { JOB_LOCAL = 'L', JOB_REMOTE = 'R', JOB_BOUNCE = 'B' };

/* What a report tells the sender about a recipient (RFC 3464, 2.3.3). */
enum action { ACTION_FAILED = 'F', ACTION_DELIVERED = 'S', ACTION_RELAYED = 'R', ACTION_DELAYED = 'Y' };
extern int job_action_ok(unsigned int);

struct order_rcpt {
  uint32_t index;               /* in the envelope, from 0 */
  enum action action;           /* JOB_BOUNCE; else ACTION_FAILED, which means nothing */
  char const *text;             /* JOB_BOUNCE: why, at most TEXT_MAX bytes; else "" */
  size_t text_len;
};

struct order {
  uint32_t number;              /* of the delivery; the report names it */
  enum job_kind kind;
  uint32_t bounce;              /* JOB_BOUNCE: which bounce of the message, from 1 */
  char id[ID_MAX + 1];
  uint32_t n;                   /* recipients: 1 to JOB_RCPTS_MAX, and 1 for JOB_LOCAL */
  struct order_rcpt rcpt[JOB_RCPTS_MAX];
  uint32_t rest;                /* JOB_BOUNCE: recipients that it is about, too, but has no room for */
};

struct job_rcpt {
  char const *address;          /* NUL-terminated, as in the envelope */
  char const *text;             /* JOB_BOUNCE only, NUL-terminated, no NUL inside */
  enum action action;           /* JOB_BOUNCE only */
  struct param_run params;      /* as the envelope has them */
};

struct job {
  uint32_t number;
  enum job_kind kind;
  uint32_t bounce;
  char id[ID_MAX + 1];
  uint64_t bytes;               /* of the message */
  char const *sender;
  struct param_run params;      /* the sender's */
  uint32_t n;
  struct job_rcpt rcpt[JOB_RCPTS_MAX];
  uint32_t rest;                /* as the order's */
};

/* Records. *_pack returns the length, or 0 when it does not fit or breaks a bound. *_unpack returns 1, or 0
   when the record is not sound; strings then point into buf, which must stay. */
extern size_t order_pack(struct order const *, char buf[PACKET_MAX]);
extern int order_unpack(struct order *, char const *buf, size_t len);
extern size_t job_pack(struct job const *, char buf[PACKET_MAX]);
extern int job_unpack(struct job *, char const *buf, size_t len);

#endif
