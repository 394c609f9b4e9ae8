/*
 * json.h - JSON on fd 1 (RFC 8259), which holds any bytes: what is not UTF-8 is told apart
 *
 * Members come one after the other; the commas are put in here.
 */

#ifndef USER_JSON_H
#define USER_JSON_H

#include <stddef.h>
#include <stdint.h>

/* Opens and closes an object or a list; name: its own within an object, or null. */
extern void json_open(char const *name, char bracket);
extern void json_close(char bracket);
/* The end of a line, and of its object. */
extern void json_line(void);

/* Members of the object. A text with bytes that are not UTF-8 has U+FFFD in their place, and a second member NAME_hex
   with all of its bytes. */
extern void json_text(char const *name, char const *, size_t len);
extern void json_number(char const *name, uint64_t);
extern void json_null(char const *name);

#endif
