/* notify.h - the value of NOTIFY (RFC 3461 4.1): when a sender wants to be told about a recipient */

#ifndef LIB_SMTP_NOTIFY_H
#define LIB_SMTP_NOTIFY_H

enum { NOTIFY_NEVER = 1, NOTIFY_SUCCESS = 2, NOTIFY_FAILURE = 4, NOTIFY_DELAY = 8 };

/* What the value asks for, as bits. 0 when it is none: another word, one twice, NEVER with others, nothing. */
extern int notify_bits(char const *value);

/* The one form that envelopes have: NEVER, or of SUCCESS,FAILURE,DELAY what is asked for, in this order. Null for 0. */
extern char const *notify_text(int bits);

#endif
