/*
 * order.h - the door between mail-desk's parent and mail-send: what operators want done with queued messages
 *
 * Who fears whom: mail-send fears mail-desk, which can have any queued message held, released, tried, given up or
 * removed, and can name nothing else: IDs and domains are all that an order has, beside who asks and why. mail-desk
 * takes of mail-send a verdict for each. One record each way (lib/io/packet.h), many orders may be under way.
 *
 * What is noted is not done: an order is only durable when a DESK_COMMIT that comes behind it was answered with
 * VERDICT_NOTED. Without that nothing was promised; some of it may happen all the same.
 */

#ifndef DOOR_ORDER_H
#define DOOR_ORDER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/io/pack.h"
#include "lib/msg/id.h"

#define DESK_IDS 64
#define DESK_NAME_MAX 32
#define DESK_REASON_MAX 200
#define DESK_DOMAIN_MAX 255
#define DESK_WHY_MAX 127
#define DESK_ORDER_MAX 4096             /* bytes of a record */
#define DESK_ANSWER_MAX 256

enum desk_word {
  DESK_HOLD = 'H', DESK_RELEASE = 'R', DESK_RETRY = 'T',        /* of messages, or of a domain */
  DESK_EXPIRE = 'X', DESK_DELETE = 'D',                         /* of messages */
  DESK_COMMIT = 'C'                                             /* all that came before is to be durable */
};

struct desk_order {
  uint32_t number;                      /* comes back in the answer */
  enum desk_word word;
  uid_t uid;                            /* who asks */
  char name[DESK_NAME_MAX + 1];         /* of that uid; may be "" */
  char reason[DESK_REASON_MAX + 1];     /* UTF-8 without control characters; may be "" */
  char domain[DESK_DOMAIN_MAX + 1];     /* folded; not "": the word is about this domain, and n is 0 */
  uint32_t n;                           /* not 0: about these messages. DESK_COMMIT has neither */
  char id[DESK_IDS][ID_MAX + 1];
};

enum desk_verdict {
  VERDICT_NOTED = 'K',
  VERDICT_GONE = 'G',                   /* not in the queue, or not any more; a domain that is not held */
  VERDICT_NOT_NOW = 'N',                /* it is in no state for that: why says which */
  VERDICT_ERROR = 'E'                   /* nothing has changed: why */
};

struct desk_answer {
  uint32_t number;
  enum desk_word word;                  /* the order's */
  uint32_t n;                           /* the order's; 1 for a domain or DESK_COMMIT */
  char verdict[DESK_IDS];
  char why[DESK_WHY_MAX + 1];           /* of the last that is neither NOTED nor GONE, UTF-8; else "" */
};

/* *_pack returns the length, or 0 when it breaks a bound. *_unpack returns 1, or 0 when the record is not sound. */
extern size_t desk_order_pack(struct desk_order const *, char buf[DESK_ORDER_MAX]);
extern int desk_order_unpack(struct desk_order *, char const *buf, size_t len);
extern size_t desk_answer_pack(struct desk_answer const *, char buf[DESK_ANSWER_MAX]);
extern int desk_answer_unpack(struct desk_answer *, char const *buf, size_t len);

/* The order without its number, as a part of other records (door/wishes.h). The second returns 1, or 0: not sound. */
extern void desk_order_put(struct pack *, struct desk_order const *);
extern int desk_order_take(struct unpack *, struct desk_order *);

/* Is it a domain as an order has it: not empty, no blank, control character, @ or capital of ASCII? */
extern int desk_domain_ok(char const *);

#endif
