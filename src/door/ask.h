/*
 * ask.h - the door between mail-q, by which an operator sees and orders, and mail-desk
 *
 * Who fears whom: mail-desk fears its callers, whom the kernel has let in (the folder run/desk) and named; no record
 * says who calls. mail-q fears mail-desk, and through it senders, recipients and remote hosts: texts may hold any byte.
 * SOCK_SEQPACKET, one request a connection:
 *
 *      mail-q: request      mail-desk: answers, each a packet of one or more items; the last item is ASK_END
 *
 * A request with more IDs than a packet holds comes in several ones, which differ in their IDs alone.
 *
 * To an order for messages mail-desk first says how many it has found (ASK_FOUND), and does nothing until mail-q has
 * sent its ASK_GO, a packet of one byte. Only an ASK_END with ASK_OK says that what the verdicts call done is done;
 * where it is missing nothing was promised.
 */

#ifndef DOOR_ASK_H
#define DOOR_ASK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "door/limits.h"
#include "door/waits.h"
#include "lib/io/pack.h"
#include "lib/msg/id.h"

#define ASK_PATH "run/desk/desk"       /* below the home */
#define ASK_PACKET_MAX 60000   /* bytes of a packet */
#define ASK_ITEM_MAX 4096      /* of an item in it */
#define ASK_IDS_MAX 1000       /* of a packet */
#define ASK_ALL_IDS_MAX 1000000        /* of a request */
#define ASK_PATTERN_MAX 1023   /* bytes of a pattern */
#define ASK_DOMAIN_MAX 255
#define ASK_REASON_MAX 200     /* of an operator's reason: UTF-8 without control bytes */
#define ASK_NAME_MAX 32        /* of an operator's name */
#define ASK_TEXT_MAX 200
#define ASK_GO 'G'

enum ask_word {
  ASK_LIST = 'L',              /* messages, each with its recipients */
  ASK_DOMAINS = 'M',           /* the domains that are held */
  ASK_HOLD = 'H', ASK_RELEASE = 'R', ASK_RETRY = 'T', ASK_EXPIRE = 'X', ASK_DELETE = 'D'
};

enum ask_state {
  ASK_NEW,                     /* not tried yet */
  ASK_DUE,                     /* tried, and it is time for the next try */
  ASK_WAITING,                 /* tried, and to be tried again later */
  ASK_HELD,
  ASK_GONE,                    /* nothing is left to do but to report and to remove it */
  ASK_DAMAGED,                 /* its envelope is none */
  ASK_UNKNOWN,                 /* what is kept of it cannot be read for now; a verdict behind it says why */
  ASK_STATES
};
extern char const *const ask_states[ASK_STATES];      /* in words */

/* What a message must be; all of it. "" and 0: whatever it is. */
struct ask_select {
  char id[ASK_PATTERN_MAX + 1];
  char from[ASK_PATTERN_MAX + 1];
  uint64_t older, newer;                /* seconds since it came: at least, at most */
  uint64_t larger, smaller;             /* bytes: at least, at most */
  uint32_t states;                      /* bits, 1 << ask_state */
  /* one recipient that is to do: */
  char to[ASK_PATTERN_MAX + 1];
  char domain[ASK_DOMAIN_MAX + 1];     /* of its address */
  char host[ASK_DOMAIN_MAX + 1];       /* where it goes, or in its last reply */
  char reply[ASK_PATTERN_MAX + 1];     /* a part of the last reply */
};

struct ask_request {
  enum ask_word word;
  int all;                              /* every message; else one of the IDs, or what is selected */
  int more;                             /* IDs: another packet of them comes */
  char reason[ASK_REASON_MAX + 1];
  char domain[ASK_DOMAIN_MAX + 1];     /* not "": HOLD, RELEASE or RETRY for this destination, folded */
  struct ask_select select;
  uint32_t n;
  char id[ASK_IDS_MAX][ID_MAX + 1];    /* IDs, or how one begins or ends */
};

/* A packet of it. Bytes packed, 0 when it cannot be; 1 when one was read, else 0. */
extern size_t ask_request_pack(struct ask_request const *, char buf[ASK_PACKET_MAX]);
extern int ask_request_unpack(struct ask_request *, char const *buf, size_t len);

enum ask_kind {
  ASK_MESSAGE = 'M',
  ASK_RCPT = 'R',              /* of the message before */
  ASK_VERDICT = 'V',           /* of an order, for one ID, or one domain; ASK_ERROR also: it cannot be read for now */
  ASK_FOUND = 'F',
  ASK_DOMAIN = 'H',            /* one that is held */
  ASK_END = 'E'
};

enum ask_mark { ASK_TODO = 'T', ASK_DELIVERED = 'K', ASK_FAILED = 'D' };

enum ask_verdict {
  ASK_DONE = 'K',
  ASK_VANISHED = 'G',          /* not in the queue (any more); a domain: not held */
  ASK_NOT_NOW = 'N',           /* it is being removed, or is not understood */
  ASK_AMBIGUOUS = 'A',         /* more than one ID begins or ends so */
  ASK_ERROR = 'E'
};

enum ask_end {
  ASK_OK = 'K',
  ASK_BUSY = 'B',              /* too many callers: again later */
  ASK_LATER = 'Z',             /* text says why */
  ASK_REFUSED = 'D'            /* the request is not understood */
};

struct ask_text {
  char const *s;                /* in the packet; may hold any byte */
  size_t len;
};

struct ask_holder {
  int64_t when;                 /* wall clock; 0: not held */
  uid_t uid;
  struct ask_text name, reason;
};

struct ask_item {
  enum ask_kind kind;
  char id[ID_MAX + 1];          /* MESSAGE, VERDICT: as it was asked for */
  enum ask_state state;        /* MESSAGE */
  uint64_t bytes;
  uid_t uid;                    /* who brought it */
  uint32_t rcpts;
  uint32_t tries;               /* MESSAGE; RCPT: when its last reply came */
  int64_t next;                 /* when it is tried again; 0: not known */
  struct ask_text address;     /* MESSAGE: the sender; RCPT; DOMAIN */
  struct ask_holder held;      /* MESSAGE; RCPT: its destination; DOMAIN */
  enum ask_mark mark;          /* RCPT */
  struct ask_text reply;
  int64_t replied;              /* 0: there is no reply */
  struct waits waits;           /* RCPT; domain is the destination */
  enum ask_verdict verdict;    /* VERDICT */
  uint32_t found;               /* FOUND */
  enum ask_end end;            /* END */
  struct ask_text text;        /* VERDICT, END */
};

/* A packet of answers: the version, then items. A reader ends at u->pos == u->len. */
extern void ask_answer_start(struct pack *);
extern int ask_answer_open(struct unpack *);
/* Texts that are too long are cut. */
extern void ask_item_pack(struct pack *, struct ask_item const *);
extern int ask_item_unpack(struct unpack *, struct ask_item *);

#endif
