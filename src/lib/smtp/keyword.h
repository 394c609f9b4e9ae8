/* keyword.h - keywords of EHLO's answer: what mail-smtpd offers and mail-remote uses, a bit each */

#ifndef LIB_SMTP_KEYWORD_H
#define LIB_SMTP_KEYWORD_H

#include <stddef.h>

/* A row for each, in the order in which EHLO offers them, the last two where they are to be had. 1: who sends with it
   relies on parameters that go on in the envelope, which a program in the queue's place does not get. */
#define KEYWORD_ROWS(X) \
  X(PIPELINING, 0)              /* RFC 2920 */ \
  X(8BITMIME, 0)                /* RFC 6152 */ \
  X(CHUNKING, 0)                /* RFC 3030 */ \
  X(DSN, 1)                     /* RFC 3461 */ \
  X(SMTPUTF8, 1)                /* RFC 6531 */ \
  X(SIZE, 0)                    /* RFC 1870 */ \
  X(LIMITS, 0)                  /* RFC 9422 */ \
  X(ENHANCEDSTATUSCODES, 0)     /* RFC 2034; mail-remote knows a status by its form, also in greetings before EHLO */ \
  X(STARTTLS, 0)                /* RFC 3207 */ \
  X(AUTH, 0)                    /* RFC 4954 */

#define KEYWORD_PLACE(name, kept) KEYWORD_##name,
#define KEYWORD_BIT(name, kept) EXT_##name = 1 << KEYWORD_##name,
#define KEYWORD_KEPT(name, kept) | (kept) << KEYWORD_##name

enum keyword { KEYWORD_ROWS(KEYWORD_PLACE) KEYWORDS };
enum extension { KEYWORD_ROWS(KEYWORD_BIT) EXT_KEPT = 0 KEYWORD_ROWS(KEYWORD_KEPT) };

extern char const *const keyword_names[KEYWORDS];

/* The bit (EXT_) of a keyword, in either case of letters; 0 when it is none. */
extern unsigned int keyword_bit(char const *, size_t len);

#define KEYWORD_BETWEEN " \t,:"

/* The bits of words with any of KEYWORD_BETWEEN between them. bad becomes the place of one that is no keyword, and
   otherwise stays. */
extern unsigned int keyword_bits(char const *words, char const **bad);

/* Is it KEYWORD[,KEYWORD]? */
extern int keyword_list_ok(char const *);

#endif
