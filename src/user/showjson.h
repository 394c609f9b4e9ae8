/* showjson.h - messages as JSON, one object a line: mail-q(8) has its members */

#ifndef USER_SHOWJSON_H
#define USER_SHOWJSON_H

#include "door/ask.h"

extern void json_message(struct ask_item const *);
extern void json_rcpt(struct ask_item const *);
extern void json_domain(struct ask_item const *);
/* An order's verdict about a message, or a domain. */
extern void json_verdict(struct ask_item const *, char const *domain);
/* Ends the last message's line. */
extern void json_end(void);

#endif
