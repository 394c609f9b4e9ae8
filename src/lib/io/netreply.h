/*
 * netreply.h - the client's reader of the answers of QMTP and QMQP: a netstring of a letter and words
 *
 * Takes bytes as they come and keeps one answer: its letter, and its words up to a bound; what is longer is read and
 * dropped, up to another bound. Beyond that, and for anything that is no such answer, it is bad and stays so.
 *
 *      state           after
 *      NETREPLY_MORE   netreply_start
 *      NETREPLY_DONE   the comma
 *      NETREPLY_BAD    no netstring, one over the bound, an empty one, a letter that is neither K, Z nor D
 */

#ifndef LIB_IO_NETREPLY_H
#define LIB_IO_NETREPLY_H

#include "lib/io/netlen.h"

#define NETREPLY_MAX 65536      /* bytes of an answer */
#define NETREPLY_TEXT_MAX 500   /* kept of its words */
#define NETREPLY_FIRST_MAX 120  /* kept of its first bytes, as evidence */

enum netreply_state { NETREPLY_MORE, NETREPLY_DONE, NETREPLY_BAD };

struct netreply {
  enum netreply_state state;
  enum { NETREPLY_LENGTH, NETREPLY_LETTER, NETREPLY_WORDS, NETREPLY_COMMA } next;
  struct netlen length;
  size_t left;                  /* bytes before the comma */
  size_t len;                   /* of text */
  char letter;                  /* K taken, Z not now, D never */
  size_t first_len;
  char first[NETREPLY_FIRST_MAX + 1];   /* how it begins, printable, NUL-terminated */
  char text[NETREPLY_TEXT_MAX + 1];     /* NUL-terminated; control bytes are blanks */
};

extern void netreply_start(struct netreply *);

/* Takes bytes until the answer is done or bad; returns how many it took. */
extern size_t netreply_feed(struct netreply *, char const *, size_t len);

#endif
