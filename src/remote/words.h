/*
 * words.h - what a program in the place of mail-remote says, in the form of qmail-remote's reports
 *
 * Words, each a letter, a text and a NUL: one for each recipient, in their order, then one for the message.
 *
 *      r, h, s         the recipient was taken, is refused for ever, for now
 *      K, Z, D         the host took the message for those of r; did not, for now; did not, for ever
 *
 * Without any word of a recipient, Z and D are for all. What comes behind the last word does not count.
 *
 *      state           after
 *      WORDS_RCPTS     words_start; a word of a recipient
 *      WORDS_OVER      the word of the message
 *      WORDS_BAD       another letter, or more recipients than there are: all is temporary
 */

#ifndef REMOTE_WORDS_H
#define REMOTE_WORDS_H

#include "remote/outcome.h"

#define WORDS_BYTES_MAX 1048576         /* of all words; who says more is not listened to any longer */

struct word {
  char letter;                          /* 0: none yet */
  size_t len;
  char text[TEXT_MAX + 1];              /* what fits of it */
};

struct words {
  enum { WORDS_RCPTS, WORDS_OVER, WORDS_BAD } state;
  uint32_t n;                           /* recipients there are */
  uint32_t said;                        /* words of theirs that are whole */
  size_t bytes;
  struct word rcpt[JOB_RCPTS_MAX], message;
  struct word now;                      /* the one that comes in */
};

extern void words_start(struct words *, uint32_t n);

/* Takes what came. 1, or 0 when it is too much by now. */
extern int words_feed(struct words *, char const *, size_t len);

/* The results of a program that came to a good end, for those asked in the outcome; name is the program's. */
extern void words_settle(struct words const *, char const *name, struct outcome *);

#endif
