/* why.h - why mail waits, in one line */

#ifndef USER_WHY_H
#define USER_WHY_H

#include "door/ask.h"
#include "door/replies.h"

#define WHY_MAX 640             /* bytes; what is longer is cut */
#define REPLY_BYTES (REPLY_TEXT_MAX + 1)

/* Each fills the text and returns its length, 0 when there is nothing to say. Texts of others are in it as they are. */
extern size_t why_message(char why[WHY_MAX], struct ask_item const *);
extern size_t why_rcpt(char why[WHY_MAX], struct ask_item const *, int64_t now);
extern size_t why_waits(char why[WHY_MAX], struct waits const *, int64_t now);

#endif
