/* tally.h - what a line of a log adds to the numbers: every line of the suite that a number is made of is known here */

#ifndef LOG_TALLY_H
#define LOG_TALLY_H

#include <stddef.h>

/* Any bytes, without the end of the line. */
extern void tally_line(char const *, size_t len);

#endif
