/*
 * scram.h - SCRAM-SHA-256 and SCRAM-SHA-256-PLUS, the server's side (RFC 5802, RFC 7677)
 *
 * Nothing here reads or writes but its arguments. The messages are those within base64.
 */

#ifndef AUTH_SCRAM_H
#define AUTH_SCRAM_H

#include <stddef.h>

#include "door/auth.h"

#define SCRAM_HASH 32           /* bytes of SHA-256 */
#define SCRAM_SALT_MAX 64
#define SCRAM_NONCE_MAX 512     /* bytes of the client's; ours is of SCRAM_NONCE_OURS characters at most */
#define SCRAM_NONCE_OURS 64
#define SCRAM_LEAST 4096        /* iterations (RFC 7677 4) */
#define SCRAM_MOST 10000000
#define SCRAM_MESSAGE_MAX (AUTH_LINE_MAX / 4 * 3)

/* What is kept of a password in its place. */
struct scram_keys {
  unsigned int iterations;
  unsigned char salt[SCRAM_SALT_MAX];
  size_t salt_len;
  unsigned char stored[SCRAM_HASH];
  unsigned char server[SCRAM_HASH];
};

/* Makes stored and server; salt and iterations are the caller's. 0, or -1 when the library cannot. */
extern int scram_keys_make(struct scram_keys *, char const *password);

/* The names of a connection that the client may bind to; those that it has none of have the length 0. */
struct scram_binding {
  unsigned char const *endpoint, *exporter;     /* tls-server-end-point, tls-exporter */
  size_t endpoint_len, exporter_len;
};

/* An exchange; all zero at first. */
struct scram {
  int plus;                             /* the mechanism is the one with channel binding */
  int plus_offered;                     /* it was in the list that the client had */
  struct scram_binding binding;
  char login[AUTH_LOGIN_MAX + 1];       /* what the client says it is; unprepared */
  char header[AUTH_LOGIN_MAX + 64];     /* its GS2 header */
  size_t header_len;
  unsigned char const *bound;           /* the name that it has chosen, of binding */
  size_t bound_len;
  char bare[SCRAM_NONCE_MAX + 3 * AUTH_LOGIN_MAX + 64]; /* client-first-message-bare */
  char nonce[SCRAM_NONCE_MAX + SCRAM_NONCE_OURS + 1];
  char challenge[SCRAM_NONCE_MAX + SCRAM_NONCE_OURS + 128];     /* server-first-message */
};

enum scram_result {
  SCRAM_OK,
  SCRAM_MALFORMED,      /* no message of the kind */
  SCRAM_OTHER,          /* the client wants to act as somebody else */
  SCRAM_STRIPPED,       /* the client does channel binding and was told that we do not: somebody is in between */
  SCRAM_UNBOUND,        /* channel binding of a kind that this connection has no name for, or of another connection */
  SCRAM_WRONG           /* the proof is none */
};

/* The client's first message. */
extern enum scram_result scram_first(struct scram *, char const *message, size_t len);

/* Makes challenge, of our part of the nonce, a string. */
extern void scram_challenge(struct scram *, struct scram_keys const *, char const *nonce);

/* The client's final message; with SCRAM_OK verifier is ours: "v=...". */
#define SCRAM_FINAL_MAX 64
extern enum scram_result scram_final(struct scram const *, struct scram_keys const *, char const *message, size_t len,
                                     char verifier[SCRAM_FINAL_MAX]);

#endif
