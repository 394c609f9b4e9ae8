/* tell.h - what the sender is told of each recipient: failures, and what else was asked for (RFC 3461, NOTIFY) */

#ifndef SEND_TELL_H
#define SEND_TELL_H

#include "send/message.h"

/* A recipient failed. When the sender wants to know, the mark goes into the file after the text. 0, or -1: no memory,
   put it off. */
extern int tell_failed(struct message *, uint32_t index, char const *text, size_t len);
/* A recipient is done. action: what the sender is told if it asked for success; 0: nothing, the next host reports. */
extern void tell_done(struct message *, uint32_t index, enum action, char const *text, size_t len);
/* A recipient was put off: the sender is told once, if it asked for that and the message is late. */
extern void tell_late(struct message *, uint32_t index, char const *text, size_t len);

/* An operator has given it up: who is to do fails; put off is whom there is no memory for. */
extern void tell_expired(struct message *);

/* Gives all that is owed the number of the bounce that tells it. 0, or -1: no memory. */
extern int tell_number(struct message *);
/* Is record i the last of its recipient, and not told yet? */
extern int tell_now(struct message const *, uint32_t i);
/* The sender knows now. */
extern void tell_told(struct message *, uint32_t index);

#endif
