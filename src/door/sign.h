/*
 * sign.h - the door to mail-keyd: the signature of one TLS handshake
 *
 * Who fears whom: mail-keyd fears mail-tlsd, whose processes hear the network. It gets the whole text that is signed,
 * checks its form, hashes and signs it itself; a digest it never signs. mail-tlsd takes the answer as bytes of bounded
 * length. mail-tlsd's parent makes a connection for each child that it forks, since a child cannot; a connection, of
 * type SOCK_SEQPACKET to run/key/key, is good for one request and its answer.
 */

#ifndef DOOR_SIGN_H
#define DOOR_SIGN_H

#include <stddef.h>

#include "door/limits.h"

#define SIGN_NAME_MAX 253       /* bytes of a folder's name below tls/: those of a host's (RFC 1035) */
#define SIGN_KEY_BYTES 32       /* SHA-256 of the public key as certificates have it (SubjectPublicKeyInfo, DER) */
#define SIGN_TEXT_MAX 512       /* bytes of a text; the longest that is signed has 201 */
#define SIGN_BYTES_MAX 1024     /* of a signature: RSA with 8192 bits */
#define SIGN_RECORD_MAX 2048

enum sign_status {
  SIGN_DONE = 'K',
  SIGN_REFUSED = 'D',           /* this is no handshake's text, or the scheme is none of this key's */
  SIGN_LATER = 'Z'              /* no such key, or none that can be used, or nobody answers */
};

struct sign_request {
  char name[SIGN_NAME_MAX + 1]; /* the key is HOME/tls/NAME/key */
  unsigned char key[SIGN_KEY_BYTES];    /* which key the certificate has; for that of another none is signed */
  unsigned int scheme;          /* SignatureScheme, RFC 8446 4.2.3 */
  size_t len;
  unsigned char text[SIGN_TEXT_MAX];    /* RFC 8446 4.4.3; RFC 8422 5.4 */
};

struct sign_answer {
  enum sign_status status;
  char text[TEXT_MAX + 1];      /* why not, in words for the log */
  size_t len;                   /* 0 unless SIGN_DONE */
  unsigned char signature[SIGN_BYTES_MAX];
};

/* 1 when it can be a folder's name: "default", a host's in lower case, or _.DOMAIN, which stands for *.DOMAIN. */
extern int sign_name(char const *);

/* Bytes packed, 0 when the record cannot be; 1 when one was read, else 0. */
extern size_t sign_request_pack(struct sign_request const *, char buf[SIGN_RECORD_MAX]);
extern int sign_request_unpack(struct sign_request *, char const *buf, size_t len);
extern size_t sign_answer_pack(struct sign_answer const *, char buf[SIGN_RECORD_MAX]);
extern int sign_answer_unpack(struct sign_answer *, char const *buf, size_t len);

/* A connection to mail-keyd, non-blocking and close-on-exec, made or refused at once. -1 with errno; EAGAIN when too
   many wait there. */
extern int sign_connect(void);

/* Asks, and waits up to seconds for the answer; any trouble is SIGN_LATER. */
extern void sign_ask(int sock, struct sign_request const *, struct sign_answer *, unsigned int seconds);

#endif
