/*
 * auth.h - the door to mail-authd: the login of one client (RFC 4954)
 *
 * Who fears whom: mail-authd fears mail-smtpd, whose records carry a stranger's lines, and serves no other user;
 * mail-smtpd takes the answers as data of bounded length: what is said to the client, and for a login its name and what
 * it may send as. No password is in an answer. Over a SOCK_SEQPACKET connection to run/auth/auth; each is one attempt:
 *
 *      -> start                    <- challenge, or end
 *      -> response                 <- challenge, or end
 *      ...
 *      after an end with AUTH_YES, as often as the session has a message:
 *      -> count                    <- end, with AUTH_YES or AUTH_LATER
 *
 * After any other end mail-authd closes the connection; a further attempt takes a new one.
 */

#ifndef DOOR_AUTH_H
#define DOOR_AUTH_H

#include <stddef.h>

#define AUTH_LINE_MAX 12288     /* bytes of a line of the exchange, in base64 (RFC 4954 4) */
#define AUTH_RECORD_MAX 13312   /* any record: the longest line and what is beside it */
#define AUTH_MECHANISM_MAX 64   /* far more than any has (RFC 4422 3.1) */
#define AUTH_IP_MAX 64          /* an address as text */
#define AUTH_ENDPOINT_MAX 64
#define AUTH_EXPORTER_MAX 32
#define AUTH_REPLY_MAX 500
#define AUTH_LOGIN_MAX 255
#define AUTH_SENDERS_MAX 4096

/* flags of a start */
#define AUTH_SECURE 1           /* TLS is on */
#define AUTH_CLEAR 2            /* the client's network may log in without (control/authclear) */
#define AUTH_INITIAL 4          /* AUTH came with an initial response */
#define AUTH_LOCAL 8            /* the client is this host: its address is not counted against others of it */

/* For the caller: zero it, then set what there is. */
struct auth_start {
  char mechanism[AUTH_MECHANISM_MAX + 1];       /* as the client wrote it */
  char ip[AUTH_IP_MAX + 1];                     /* the client's address, without its port */
  unsigned int flags;
  unsigned char endpoint[AUTH_ENDPOINT_MAX];    /* tls-server-end-point (RFC 5929), tls-exporter (RFC 9266), as */
  size_t endpoint_len;                          /* mail-tlsd told; 0: there is none */
  unsigned char exporter[AUTH_EXPORTER_MAX];
  size_t exporter_len;
  char initial[AUTH_LINE_MAX + 1];              /* as it came: base64, or "=" */
};

enum auth_kind { AUTH_CHALLENGE = 'C', AUTH_END = 'E' };
enum auth_status { AUTH_YES = 'K', AUTH_NO = 'D', AUTH_LATER = 'Z' };

struct auth_answer {
  enum auth_kind kind;
  char challenge[AUTH_LINE_MAX + 1];    /* base64, for the line "334 " of the server; "" is one, too */
  /* of an end: */
  enum auth_status status;
  char reply[AUTH_REPLY_MAX + 1];       /* the server's line, without CRLF: "235 2.7.0 ...", "535 5.7.8 ..." */
  char login[AUTH_LOGIN_MAX + 1];       /* with AUTH_YES: printable, no blank */
  char senders[AUTH_SENDERS_MAX + 1];   /* the same: what it may send as, one pattern a line (auth_may_send) */
};

/* What a record says. */
enum auth_request_kind { AUTH_START = 'S', AUTH_RESPONSE = 'R', AUTH_COUNT = 'M' };
struct auth_request {
  enum auth_request_kind kind;
  struct auth_start start;
  char line[AUTH_LINE_MAX + 1];         /* of a response: as it came, also "*" */
  unsigned int rcpts;                   /* of a count */
};

/* Bytes written, or 0 when it cannot be packed; 1 or 0. The unpacked strings have no NUL, and no other control byte. */
extern size_t auth_request_pack(struct auth_request const *, char buf[AUTH_RECORD_MAX]);
extern int auth_request_unpack(struct auth_request *, char const *buf, size_t len);
extern size_t auth_answer_pack(struct auth_answer const *, char buf[AUTH_RECORD_MAX]);
extern int auth_answer_unpack(struct auth_answer *, char const *buf, size_t len);

/* --- the client's side: for mail-smtpd */

/* A connection to mail-authd, close-on-exec, or -1 with errno; waits some seconds while mail-authd is started anew. */
extern int auth_connect(void);

/* One step each: sends, and waits for what comes back, AUTH_WAIT seconds at most. 1 when it goes on: answer has a
   challenge for the client, whose next line is for auth_respond. 0 when it has ended: answer has the status, the reply
   and what belongs to it. Any trouble is an end with AUTH_LATER and a 454; that includes a socket of -1. A line that is
   too long (RFC 4954 4) or has a control byte is an end with a 5xx, and nothing is sent. The caller closes the
   connection after any end but AUTH_YES; after that one it may stay open for auth_count, to the end of the session. */
#define AUTH_WAIT 90
extern int auth_start(int sock, struct auth_start const *, struct auth_answer *);
extern int auth_respond(int sock, char const *line, struct auth_answer *);

/* A message with so many recipients is about to be queued. 1 when it may be; else 0, and answer has a reply, 4xx. */
extern int auth_count(int sock, unsigned int rcpts, struct auth_answer *);

/* May who logged in use this sender (an envelope's address, or From's)? Patterns: "*" for any; user@domain;
   user-*@domain for all that begin with user-; @domain for all of a domain. Letters' case does not count. The empty
   sender, that of notices, belongs to everybody. 1 or 0. */
extern int auth_may_send(struct auth_answer const *, char const *sender);

#endif
