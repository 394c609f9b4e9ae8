/* instructions.h - all that is to be done with a message: a .qmail file's lines, or the standard delivery */

#ifndef LOCAL_INSTRUCTIONS_H
#define LOCAL_INSTRUCTIONS_H

#include "local/delivery.h"

struct instructions {
  char *at, *end;               /* what is left of the text; at its end there is a NUL */
};

/* Finds them in the home, where the process stands, for the delivery's dash and ext; sets is_standard and rest. Each
   line is one that can be obeyed: else, and when something cannot be read, the process ends with a verdict. They are
   there until this is called again. */
extern void instructions_find(struct instructions *, struct delivery *);

/* The next line, for instruction_read; null at the end. */
extern char const *instructions_next(struct instructions *);

#endif
