/*
 * hash.h - the open directories mess/HH and todo/HH of an ID
 *
 * All IDs of one moment share them (lib/msg/id.h), so they are held open from one message to the next: that
 * saves looking up paths, and an error of the disk that was seen after they were opened shows at the next sync.
 */

#ifndef QUEUE_HASH_H
#define QUEUE_HASH_H

struct hash {
  int open;
  unsigned int hh;
  int mess;
  int todo;
  char const *failed;   /* after hash_open failed: which of them, "mess" or "todo" */
};

/* Opens those of an id_hash, unless they are open. 0, or -1 with errno (then none are open). */
extern int hash_open(struct hash *, unsigned int hh);
/* Are the open ones those of id? */
extern int hash_holds(struct hash const *, char const *id);
/* Closes them: at the end, and after any error, so that no sync is ever repeated on a descriptor that failed. */
extern void hash_close(struct hash *);

#endif
