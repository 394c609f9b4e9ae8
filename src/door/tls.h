/*
 * tls.h - the door to mail-tlsd: a network connection goes in, its plain side and what is known of the peer come out
 *
 * Who fears whom: mail-tlsd fears the peer; it knows from the kernel whether maild or mailr calls, and takes a request
 * as data of bounded length. mail-smtpd and mail-remote take a result as that. A broken process of mail-tlsd can lie
 * about its own connection and no other.
 *
 * One stream connection to run/tlsin/tls (server's handshakes, for maild) or run/tlsout/tls (client's, for mailr) is
 * one TLS connection. The caller sends a request, and with its first byte the network connection; the answer is a
 * result. After TLS_DONE the socket is the plain side; after anything else it is closed. On the server's side a result
 * TLS_READY comes first, unasked, when a process with a certificate waits for the request: until then 454 can still be
 * said in the place of 220. Records are those of lib/io/record.h. What is asked for by run/tlsout/tls may also be the
 * other door's (door/scram.h), whose records begin with another byte.
 *
 * The end: who closes its side, or shuts it down and reads on for a minute at most, has the peer told by close_notify.
 * When the peer's close_notify has come the plain side ends after the last byte; when the peer ends without one it ends
 * just so, and the log of mail-tlsd has a line: SMTP, LMTP and QMTP say their ends themselves.
 */

#ifndef DOOR_TLS_H
#define DOOR_TLS_H

#include <stddef.h>

#include "door/limits.h"

#define TLS_IN "run/tlsin/tls"          /* below the home */
#define TLS_OUT "run/tlsout/tls"

#define TLS_RECORD_MAX 4096             /* bytes of a record without its length */
#define TLS_NAME_MAX 255
#define TLS_NAMES_MAX 1023
#define TLS_VERSION_MAX 15
#define TLS_CIPHER_MAX 63
#define TLS_GROUP_MAX 31
#define TLS_FINGERPRINT_LEN 64          /* SHA-256 in hex */
#define TLS_ENDPOINT_MAX 64
#define TLS_EXPORTER_MAX 32

enum tls_status {
  TLS_DONE = 'K',
  TLS_FAILED = 'D',     /* the handshake failed, or what was demanded does not hold: the network connection is of no use
                           any more */
  TLS_LATER = 'Z',      /* no certificate, no key, no process now: the same */
  TLS_READY = 'R'       /* of the server's side: a process waits for the request */
};

enum tls_check {
  TLS_ANYONE = 'A',
  TLS_NAMED = 'N',      /* a chain to a trusted CA, and one of the names */
  TLS_FINGERPRINT = 'F' /* one of the fingerprints */
};

/* The server's side sets seconds and nothing else (check is TLS_ANYONE then). */
struct tls_request {
  unsigned int seconds;                 /* for the handshake */
  enum tls_check check;
  char name[TLS_NAME_MAX + 1];          /* sent as SNI; "" none */
  /* separated by blanks: host names (".example.org": any one label below it), or SHA-256 fingerprints in hex, with or
     without colons, of the certificate or of its public key (SubjectPublicKeyInfo) */
  char names[TLS_NAMES_MAX + 1];
  char ca[TLS_NAME_MAX + 1];            /* a file that control/tlspolicy names; "": control/tlscafile */
};

struct tls_result {
  enum tls_status status;
  int verified;                         /* 1: what was asked with check holds; always 0 for TLS_ANYONE */
  char text[TEXT_MAX + 1];              /* in words, for the log and replies; "" after TLS_DONE */
  char version[TLS_VERSION_MAX + 1];    /* "TLSv1.3" */
  char cipher[TLS_CIPHER_MAX + 1];      /* "TLS_AES_256_GCM_SHA384" */
  char group[TLS_GROUP_MAX + 1];        /* "x25519", or "" */
  char sni[TLS_NAME_MAX + 1];           /* what the client named, or "" */
  char fingerprint[TLS_FINGERPRINT_LEN + 1];    /* of the peer's certificate, lower case, or "" */
  /* channel bindings: tls-server-end-point (RFC 5929) of the server's certificate, and tls-exporter (RFC 9266), which
     TLS 1.2 has only with the extended master secret; 0 bytes: there is none */
  unsigned char endpoint[TLS_ENDPOINT_MAX];
  size_t endpoint_len;
  unsigned char exporter[TLS_EXPORTER_MAX];
  size_t exporter_len;
};

/* Client: connects to mail-tlsd and has the handshake done on a connection, which stays the caller's (who should close
   it after TLS_DONE). The plain side, close-on-exec and non-blocking if connection is; or -1 with status and text set.
   Waits request->seconds and a few more at most; where nobody serves it does not wait (TLS_LATER). */
extern int tls_begin(char const *below, int connection, struct tls_request const *, struct tls_result *);

/* The same in two steps, for a server that has to say between them that it is ready: tls_reach waits seconds at most
   for TLS_READY and gives a socket for tls_shake, or -1 as above. tls_shake closes it unless it returns it. */
extern int tls_reach(char const *below, unsigned int seconds, struct tls_result *);
extern int tls_shake(int sock, int connection, struct tls_request const *, struct tls_result *);

/* mail-tlsd: sends a result. 0, or -1 with errno. */
extern int tls_answer(int sock, struct tls_result const *);

/* The records themselves: the length, or 0 when it would be none; 1 when it is one, else 0. */
extern size_t tls_request_pack(struct tls_request const *, char buf[TLS_RECORD_MAX]);
extern int tls_request_unpack(struct tls_request *, char const *buf, size_t len);
extern size_t tls_result_pack(struct tls_result const *, char buf[TLS_RECORD_MAX]);
extern int tls_result_unpack(struct tls_result *, char const *buf, size_t len);

#endif
