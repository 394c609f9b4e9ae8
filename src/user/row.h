/* row.h - one line for people on fd 1, no longer than the terminal is wide */

#ifndef USER_ROW_H
#define USER_ROW_H

#include <stddef.h>
#include <stdint.h>

/* Looks how wide the terminal is, if fd 1 is one; else lines are not cut. */
extern void row_width(void);

/* Adds to the line: our own words; text from outside, escaped as in the log (lib/io/log.h). What is over 8 kB is
   cut. */
extern void row_add(char const *format, ...) __attribute__((format(printf, 1, 2)));
extern void row_bytes(char const *, size_t len);
/* Seconds since 1970, in UTC; how long so many seconds are, as 40s, 12m, 3h, 2d; so many bytes, as 812, 4.1K, 3.2M. */
extern void row_time(int64_t);
extern char const *row_span(int64_t seconds);
extern char const *row_size(uint64_t bytes);

/* Prints it. */
extern void row_end(void);

#endif
