/*
 * list.h - address lists of header fields (RFC 5322 section 3.4): found, and completed where they must be
 *
 * Hides the grammar. Beyond it, what people write is understood: addresses separated by blanks or ; (they get
 * their commas), a display name with @ or [] in it, blanks around . and @, dots anywhere in a local part. Source
 * routes are dropped. What need not be completed stays byte for byte.
 *
 * What could be read in more than one way is an error, since half an address is somebody else's: words without a
 * comma between them of which only some have an @ (a name whose <> was forgotten), an address in front of a name.
 */

#ifndef LIB_ADDR_LIST_H
#define LIB_ADDR_LIST_H

#include <stddef.h>
#include <skalibs/stralloc.h>

struct list {
  /* Completes the domain of an address ("" where it has none), by adding to its end, where a + may go; one that
     stays empty is not added. 1, or 0 when there is no memory. */
  int (*complete)(stralloc *domain, void *);
  /* Takes an address in its envelope form: no quotes, domain completed; len 0 for <>. A null pointer, or why not. */
  char const *(*take)(char const *address, size_t len, void *);
  void *data;
  unsigned int count;           /* addresses taken */
  int empty;                    /* there is nothing: blanks and commas alone */
  char const *why;              /* of a syntax error: a few words */
  size_t at;                    /* where in the text the address or group with the error begins */
};

/* Reads the text s of a field and appends it to out, completed; the name of the field takes column bytes of the first
   line. Returns 1; 0 on a syntax error (why says which: out is then as before, and what was taken is to be forgotten);
   -1 when there is no memory. */
extern int list_rewrite(struct list *, stralloc *out, size_t column, char const *s, size_t len);

#endif
