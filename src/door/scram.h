/*
 * scram.h - the second door to mail-tlsd -c: SCRAM-SHA-256 (RFC 5802, RFC 7677) for mail-remote, which logs in at hosts
 *
 * Who fears whom: mail-tlsd's process takes login and password, and what the host said, as data of bounded length; it
 * has never heard the network itself, and serves one login. mail-remote takes the answers as data of bounded length,
 * and does not log in unless one says that the host has proven to know the password. A broken process can lie about
 * that and keep the password: the one of the TLS session that goes to the same host can do both anyway.
 *
 * One stream connection to run/tlsout/tls is one login. In place of a request of door/tls.h comes SCRAM_BEGIN, without
 * a descriptor, and then what the host says, as often as an answer is SCRAM_SAY; all others are the last. What goes to
 * the host and comes from it is base64, as it stands in its lines. Records are those of lib/io/record.h.
 */

#ifndef DOOR_SCRAM_H
#define DOOR_SCRAM_H

#include <stddef.h>

#include "door/limits.h"

#define SCRAM_RECORD_MAX 2048           /* bytes of a record without its length */
#define SCRAM_LOGIN_MAX 255
#define SCRAM_PASSWORD_MAX 255
#define SCRAM_LINE_MAX 1536             /* characters of base64, either side's */

enum scram_question { SCRAM_BEGIN = 'B', SCRAM_SAID = 'S' };

enum scram_status {
  SCRAM_SAY = 'C',      /* text is what to say to the host */
  SCRAM_PROVEN = 'K',   /* the host knows the password, too: its success counts */
  SCRAM_REFUSED = 'D',  /* the host says that login or password are wrong; text is its word for it */
  SCRAM_UNSOUND = 'U',  /* what the host said is not what it has to say; text tells why */
  SCRAM_LATER = 'Z'     /* it cannot be done, now or with such a login or password; text tells why */
};

struct scram_request {
  enum scram_question question;
  char login[SCRAM_LOGIN_MAX + 1], password[SCRAM_PASSWORD_MAX + 1];    /* of SCRAM_BEGIN */
  char said[SCRAM_LINE_MAX + 1];        /* of SCRAM_SAID; may be empty */
};

struct scram_answer {
  enum scram_status status;
  char text[SCRAM_LINE_MAX + 1];        /* printable ASCII; "" with SCRAM_PROVEN; words: TEXT_MAX bytes at most */
};

/* mail-remote: asks, and waits seconds at most for the answer; any trouble is SCRAM_LATER. sock is the caller's: to be
   closed after anything but SCRAM_SAY. */
extern void scram_begin(int sock, char const *login, char const *password, unsigned int seconds, struct scram_answer *);
extern void scram_go_on(int sock, char const *said, unsigned int seconds, struct scram_answer *);

/* The records themselves: the length, or 0 when it would be none; 1 when it is one, else 0. */
extern size_t scram_request_pack(struct scram_request const *, char buf[SCRAM_RECORD_MAX]);
extern int scram_request_unpack(struct scram_request *, char const *buf, size_t len);
extern size_t scram_answer_pack(struct scram_answer const *, char buf[SCRAM_RECORD_MAX]);
extern int scram_answer_unpack(struct scram_answer *, char const *buf, size_t len);

#endif
