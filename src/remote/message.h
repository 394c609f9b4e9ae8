/* message.h - the queued message behind a job's descriptor, and how it goes out */

#ifndef REMOTE_MESSAGE_H
#define REMOTE_MESSAGE_H

#include <stdint.h>

#include "remote/session.h"

struct message {
  int fd;
  uint64_t bytes;       /* stored */
  uint64_t wire;        /* as sent, with CRLF, without dot stuffing: what SIZE and BDAT count (RFC 1870 section 5) */
  int eight_bit;        /* bytes over 127: anywhere, and in the header */
  int eight_bit_header;
};

/* Reads it through once. 1; or 0 when it cannot be read, is not as long as the job says, or holds CR or NUL. */
extern int message_scan(struct message *, int fd, uint64_t bytes);

/* Sends it as it is stored. The same results as message_send. */
extern int message_send_stored(struct message const *, struct session *);

/* Adds it, as BDAT's only chunk (RFC 3030), to what is to be sent. The same results. */
extern int message_put_chunk(struct message const *, struct session *);

/* Sends it with the final dot. 1; or 0 with the session cut or dropped before the end was sent (why is set). */
extern int message_send(struct message const *, struct session *);

#endif
