/*
 * report.h - the door from the agents (and mail-open, for what it could not open) back to mail-send
 *
 * Who fears whom: mail-send fears every agent. A report counts only for a delivery that was given to that
 * agent; a result for a recipient that the delivery does not have makes it mangled; a recipient without a
 * result, and a mangled report, are temporary failures.
 */

#ifndef DOOR_REPORT_H
#define DOOR_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "door/job.h"
#include "door/limits.h"
#include "lib/io/packet.h"

#define REPORT_RELAY_MAX 255
#define REPORT_TLS_MAX 127
#define REPORT_WORDS_MAX 64

#define REPORT_HOST_DOWN 1      /* no host of this destination could be talked to: leave it alone for a while */
#define REPORT_DAMAGED 2        /* from mail-open: message or envelope is gone or damaged; keep it, tell the log */
#define REPORT_CONNECTED 4      /* at least one new connection was made for it */
#define REPORT_BUSY 8           /* from mail-lspawn: no try, the user of this key has as many deliveries as one may */

enum result { RESULT_DONE = 'K', RESULT_LATER = 'Z', RESULT_FAILED = 'D' };

struct report_rcpt {
  uint32_t position;            /* in the job, from 0 */
  enum result result;
  unsigned int unasked;         /* RESULT_DONE of mail-rspawn: 1 when the next host was not asked to report on its
                                   part (RFC 3461), so that it is mail-send's to tell "relayed" to who asked */
  char const *text;             /* for the log and the bounce: at most TEXT_MAX bytes, may hold any byte but NUL */
  size_t text_len;
  /* Where that names what concerns the site alone, a bounce has words, at most REPORT_WORDS_MAX bytes, in place of the
     bytes from..to of text, and lacks the last cut bytes, which tell of other hosts. All 0: it has all of text. */
  uint32_t from, to, cut;
  char const *words;
  size_t words_len;
};

struct report {
  uint32_t number;              /* of the delivery */
  unsigned int flags;           /* REPORT_ */
  char relay[REPORT_RELAY_MAX + 1];     /* "host[address]:port", "local", or "" */
  char tls[REPORT_TLS_MAX + 1]; /* how the session was encrypted: "TLSv1.3/CIPHER", with ",verified" where that was
                                   demanded; "failed": in clear, after a handshake that failed; "" */
  uint64_t key;                 /* of mail-lspawn: whose limit the delivery counts against, opaque; 0: not known */
  uint32_t n;                   /* at most JOB_RCPTS_MAX */
  struct report_rcpt rcpt[JOB_RCPTS_MAX];
};

extern size_t report_pack(struct report const *, char buf[PACKET_MAX]);
extern int report_unpack(struct report *, char const *buf, size_t len);

/* What the sender is told of a result: the length, at most TEXT_MAX. */
extern size_t report_told(struct report_rcpt const *, char told[TEXT_MAX]);

/* Fills a report with one result for all n recipients of a job; a text that is too long is cut. */
extern void report_all(struct report *, uint32_t number, uint32_t n, enum result, char const *text);

#endif
