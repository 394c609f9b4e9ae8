/*
 * names.h - the IDs in one directory of the queue
 *
 * Only names are read. What is no ID is counted, and shown with names_strange.
 */

#ifndef USER_NAMES_H
#define USER_NAMES_H

#include <stddef.h>

#include "lib/msg/id.h"

struct names {
  char (*id)[ID_MAX + 1];       /* sorted, so by arrival */
  size_t n;
  size_t strange;               /* names that are no IDs, or stand in the wrong place */
};

/* Reads dir ("todo", "mess", "state") in the queue's directory. Ends the program with 111 when it cannot. */
extern void names_read(struct names *, char const *dir);

/* 1 when the ID is among them. */
extern int names_has(struct names const *, char const *id);

/* Goes to the queue's directory; the caller must be root or mails. Ends the program otherwise. */
extern void names_enter(void);

/* Becomes mails, who may look into todo/ and state/: from here on bytes from outside may be read. Ends the program when
   that fails. Only the queue can be reached then, with the access given (lib/priv/priv.h). */
extern void names_lock(unsigned int access);

#endif
