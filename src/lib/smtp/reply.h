/*
 * reply.h - the client's reader of SMTP replies (RFC 5321 section 4.2)
 *
 * Takes bytes as they come and keeps one reply: its code, and the text of its lines up to a bound; what is
 * longer is read and dropped, up to a bound of all its bytes. A line may end in a bare LF, or have more than one CR
 * before it, as some servers do; empty lines are passed over. What is no reply is bad and stays so.
 *
 *      state           after
 *      REPLY_MORE      reply_start; a line with '-' after its code
 *      REPLY_DONE      a line with a blank, or nothing, after its code
 *      REPLY_OVER      the bound of bytes, in a refusal: its first line counts, but where it ends is not known
 *      REPLY_BAD       garbage, a code that changes between lines, the bound of bytes in anything else
 */

#ifndef LIB_SMTP_REPLY_H
#define LIB_SMTP_REPLY_H

#include <stddef.h>

#define REPLY_TEXT_MAX 4096     /* kept, with LF between lines */
#define REPLY_LINE_MAX 2048     /* bytes kept of a line; RFC 5321 4.5.3.1.5 says 512 */
#define REPLY_BYTES_MAX 524288  /* read for one reply */
#define REPLY_FIRST_MAX 120     /* kept of its first line, as evidence */

enum reply_state { REPLY_MORE, REPLY_DONE, REPLY_OVER, REPLY_BAD };

struct reply {
  enum reply_state state;
  unsigned int code;            /* 200 to 599 once DONE or OVER */
  unsigned int lines;
  size_t bytes;                 /* read */
  size_t first_len;
  char first[REPLY_FIRST_MAX + 1];      /* the first line that is not empty, printable, NUL-terminated */
  size_t len;                   /* of text */
  size_t line_len;              /* of line */
  char text[REPLY_TEXT_MAX + 1];        /* NUL-terminated */
  char line[REPLY_LINE_MAX];
};

extern void reply_start(struct reply *);

/* Takes bytes until the reply is done, over or bad; returns how many it took. */
extern size_t reply_feed(struct reply *, char const *, size_t len);

/* The status (RFC 3463) that the text starts with, if it is one and of the code's class; else one
   for the code: "4.0.0" and so on. */
extern void reply_status(struct reply const *, char status[12]);

/* Does the text start with one? */
extern int reply_has_status(struct reply const *);

/* Does it say that the command is not known, or not done, here (RFC 5321 section 4.2.4)? */
extern int reply_unknown(struct reply const *);

/* The text in one line of at most max - 1 bytes, NUL-terminated: each line's own copy of the status is left out,
   control bytes become blanks. Returns its length. */
extern size_t reply_one_line(struct reply const *, char *s, size_t max);

#endif
