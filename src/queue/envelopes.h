/*
 * envelopes.h - the envelopes that mail-open read last
 *
 * A message to thousands of recipients is many jobs, and reading its envelope anew for each of them would take
 * the square of their number. So a few are kept in memory. Each is used only while its file is still the
 * same one (device, inode, time of change), which costs one system call.
 */

#ifndef QUEUE_ENVELOPES_H
#define QUEUE_ENVELOPES_H

#include "door/envelope.h"

enum envelopes_state {
  ENVELOPES_READ,
  ENVELOPES_GONE,       /* there is no such file */
  ENVELOPES_DAMAGED,    /* it is no sound envelope of this ID, or not a file of mail-queued */
  ENVELOPES_TROUBLE     /* errno */
};

/* The envelope of an ID; it stays valid until the next call. In the queue's directory. */
extern enum envelopes_state envelopes_get(char const *id, struct envelope const **);

#endif
