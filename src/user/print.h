/* print.h - text for people on fd 1 */

#ifndef USER_PRINT_H
#define USER_PRINT_H

#include <stddef.h>
#include <stdint.h>

/* Bytes from outside: control bytes, DEL and backslash become \xHH, as in the log; bytes over 126 too. */
extern void print_bytes(char const *, size_t len);
extern void print_string(char const *);

/* Seconds since 1970: "20 Nov 2026 23:16:20 GMT". */
extern void print_time(int64_t seconds);

/* Ends the output. 0, or -1 with errno when not all of it could be written. */
extern int print_end(void);

#endif
