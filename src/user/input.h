/*
 * input.h - the message that mail-inject reads, with its bytes made fit for the queue
 *
 * Hides the cleaning that comes before anything else looks at the message. No CR and no NUL gets through, and what is
 * no end of a line for a reader must not begin a field:
 *
 *      in the header   CR and NUL before LF belong to the end of the line; a row of them anywhere else is one blank
 *      in the body     NUL is dropped, then CRLF and a lone CR become LF
 *
 * The header is what is read by lines. What a CR of CRLF was is not counted: it is how others end their lines. With dot
 * set, a line of a single dot is the end.
 *
 *      state         the byte before was...      next byte
 *      LINE_START    LF (or none)                a dot is held back when dot is set
 *      DOT_HELD      that dot                    LF or the end: end of message; else the dot goes out first
 *      MIDDLE        anything else
 */

#ifndef USER_INPUT_H
#define USER_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

#define INPUT_BLOCK 65536

struct input {
  int fd;
  int dot;              /* set by the caller: a line of a single dot ends the message */
  enum { INPUT_LINE_START, INPUT_DOT_HELD, INPUT_MIDDLE } state;
  int after_cr;         /* body: the last byte was CR, and has become LF */
  int in_row;           /* header: CR and NUL came that are a blank or belong to a line's end */
  uint64_t held;        /* CRs among them */
  int ended;
  uint64_t returns;     /* CR that was in no line's end */
  uint64_t nuls;        /* NUL dropped or made a blank */
  char const *s;        /* clean bytes that nobody has taken yet: advance s and lower len */
  size_t len;
  size_t raw_at, raw_len;
  char raw[INPUT_BLOCK];
  char clean[INPUT_BLOCK + 2];  /* more: a dot and a blank that were held back */
};

/* The body: makes s and len hold the next bytes, when they hold none. 1, 0 at the end, -1 with errno. */
extern int input_fill(struct input *);

/* The header: appends the next line, with its LF (the last one may have none), to sa. Not after input_fill. 1, 0 at the
   end, -1 with errno: EMSGSIZE when sa would become longer than max, ENOMEM. */
extern int input_line(struct input *, stralloc *sa, size_t max);

#endif
