/*
 * pump.h - after the handshake: bytes from the network to the plain side and back, until both have ended
 *
 * At most PUMP_BYTES lie here each way, beside the record that OpenSSL has under way. What was read is passed on before
 * an end is told. An end of the plain side becomes close_notify and an end of the network connection; close_notify
 * becomes an end of the plain side, and what is still said to the peer goes out.
 */

#ifndef TLS_PUMP_H
#define TLS_PUMP_H

#include <openssl/ssl.h>

#define PUMP_BYTES 16384

enum pump_end {
  PUMP_WELL,
  PUMP_CUT,             /* the peer ended without close_notify: what came may be less than it sent */
  PUMP_BROKEN,          /* the peer sent what is no TLS, or the connection broke; OpenSSL's queue may say why */
  PUMP_IDLE             /* nothing came from either side for too long */
};

/* ssl is that of the descriptor net; both are non-blocking. Returns when the connection is over; closes nothing. */
extern enum pump_end pump(SSL *, int net, int plain, unsigned int idle_seconds);

#endif
