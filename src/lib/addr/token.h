/*
 * token.h - the words of a structured header field (RFC 5322 section 3.2)
 *
 * Takes atoms, encoded words, quoted strings, domain literals, comments and the single characters < > @ , ; : . one
 * after the other out of a field's text, folds included. Bytes over 127 belong to atoms (RFC 6532), whatever they
 * encode. Nothing is copied and nothing recurses: comments may be nested as deep as the text is long.
 */

#ifndef LIB_ADDR_TOKEN_H
#define LIB_ADDR_TOKEN_H

#include <stddef.h>
#include <skalibs/stralloc.h>

#define TOKEN_ATOM 'a'
#define TOKEN_QUOTED 'q'        /* with its quotes */
#define TOKEN_LITERAL 'l'       /* with its brackets */
#define TOKEN_COMMENT 'c'       /* with its parentheses */
#define TOKEN_ENCODED 'e'       /* =?charset?encoding?text?=, RFC 2047: one word whatever is in the text */
#define TOKEN_END 0             /* any other kind is the character itself */

struct token {
  char kind;
  char space;           /* white space stands before it */
  size_t at, len;       /* where it stands in the text */
};

/* The first token at or after from; its end is where the next one is looked for. Returns a null pointer, or
   in a few words what is wrong there: then t->at is the place. */
extern char const *token_next(struct token *, char const *s, size_t len, size_t from);

/* Appends what the token means: without quotes, backslashes and folds. 1, or 0 when there is no memory. */
extern int token_value(stralloc *, char const *s, struct token const *);

#endif
