/*
 * input.h - the message that mail-inject reads, with its bytes made fit for the queue
 *
 * Hides the cleaning that comes before anything else looks at the message: NUL is dropped, then CRLF and
 * a lone CR become LF. Counts both, for the warning. With dot set, a line of a single dot is the end.
 *
 *      state         the byte before was...      next byte
 *      LINE_START    LF (or none)                a dot is held back when dot is set
 *      DOT_HELD      that dot                    LF or the end: end of message; else the dot goes out first
 *      MIDDLE        anything else
 */

#ifndef INPUT_H
#define INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

#define INPUT_BLOCK 65536

struct input {
  int fd;
  int dot;              /* set by the caller: a line of a single dot ends the message */
  enum { INPUT_LINE_START, INPUT_DOT_HELD, INPUT_MIDDLE } state;
  int after_cr;
  int ended;
  uint64_t returns;     /* CR seen */
  uint64_t nuls;        /* NUL dropped */
  char const *s;        /* clean bytes that nobody has taken yet: advance s and lower len */
  size_t len;
  char raw[INPUT_BLOCK];
  char clean[INPUT_BLOCK + 1];  /* one more: a dot that was held back */
};

/* Makes s and len hold the next bytes, when they hold none. 1, 0 at the end, -1 with errno. */
extern int input_fill(struct input *);

/* Appends the next line, with its LF (the last one may have none), to sa. 1, 0 at the end, -1 with errno: EMSGSIZE
   when sa would become longer than max, ENOMEM. */
extern int input_line(struct input *, stralloc *sa, size_t max);

#endif
