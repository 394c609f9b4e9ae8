/*
 * proof.h - SCRAM-SHA-256 as a client (RFC 5802, RFC 7677), without channel binding: what it says, and what it takes
 *
 * Nothing here reads or writes but its arguments. The host's messages are read strictly: base64 as one writes it, a
 * nonce that begins with ours and goes on, PROOF_LEAST to PROOF_MOST iterations (few would let a host that is none
 * try out passwords cheaply, many would keep us busy), no extension that must be understood (m=). Others are passed
 * over.
 *
 * Login and password: what is no UTF-8 or has control characters is refused, all else goes as it is. That is what
 * mail-authd does of SASLprep (RFC 4013), too; mail-remote(8) says so.
 */

#ifndef TLS_PROOF_H
#define TLS_PROOF_H

#include <stddef.h>

#include "door/scram.h"

#define PROOF_HASH 32           /* bytes of SHA-256 */
#define PROOF_LEAST 4096        /* iterations; RFC 7677 section 4 */
#define PROOF_MOST 1000000      /* about a second */
#define PROOF_SALT_MAX 128      /* bytes */
#define PROOF_NONCE_MAX 512     /* characters, ours included */
#define PROOF_NONCE_OURS 64
#define PROOF_BARE_MAX (3 * SCRAM_LOGIN_MAX + PROOF_NONCE_OURS + 8)

/* One login. */
struct proof {
  char password[SCRAM_PASSWORD_MAX + 1];
  char nonce[PROOF_NONCE_OURS + 1];
  char bare[PROOF_BARE_MAX];            /* client-first-message-bare */
  unsigned char server[PROOF_HASH];     /* the host's signature, as it has to be */
};

/* What to say first, of a nonce of printable characters without a comma, at most PROOF_NONCE_OURS. */
extern void proof_begin(struct proof *, struct scram_request const *, char const *nonce, struct scram_answer *);

/* The proof, for what the host said; then how its own stands. */
extern void proof_make(struct proof *, char const *said, struct scram_answer *);
extern void proof_check(struct proof const *, char const *said, struct scram_answer *);

#endif
