/* notify.h - the value of NOTIFY (RFC 3461 4.1): when a sender wants to be told about a recipient */

#ifndef LIB_SMTP_NOTIFY_H
#define LIB_SMTP_NOTIFY_H

/* The value in the one form that envelopes have: NEVER, or of SUCCESS,FAILURE,DELAY what is asked for, in this order.
   Null when it is none: another word, one twice, NEVER with others, nothing. */
extern char const *notify_list(char const *value);

#endif
