/*
 * list.h - address lists of header fields (RFC 5322 section 3.4): found, completed, written anew
 *
 * Hides the grammar. Beyond it, what people write is understood: addresses separated by blanks or ; (they get
 * their commas), a display name with @ or [] in it (it gets quotes), blanks around . and @, dots anywhere in a
 * local part. Source routes, a dot or @ in front, and a dot or @ at the end are dropped. Comments stay,
 * behind their address.
 */

#ifndef LIST_H
#define LIST_H

#include <stddef.h>
#include <skalibs/stralloc.h>

struct list {
  /* Completes the domain of an address ("" where it has none). 1, or 0 when there is no memory. */
  int (*complete)(stralloc *domain, void *);
  /* Takes an address in its envelope form: no quotes, domain completed; len 0 for <>. A null pointer, or why not. */
  char const *(*take)(char const *address, size_t len, void *);
  void *data;
  unsigned int count;           /* addresses taken */
  char const *why;              /* of a syntax error: a few words */
};

/* Reads the text s of a field and appends it anew to out, which has column bytes in its last line. Each word is put
   with a blank or a fold before it. Returns 1; 0 on a syntax error (why says which: out is then as before, but the
   sound addresses were taken); -1 when there is no memory. */
extern int list_rewrite(struct list *, stralloc *out, size_t column, char const *s, size_t len);

#endif
