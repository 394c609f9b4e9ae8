/* stamp.h - has a settings file changed since it was looked at? */

#ifndef LIB_CONF_STAMP_H
#define LIB_CONF_STAMP_H

#include <stddef.h>
#include <sys/types.h>
#include <time.h>

struct stamp {
  ino_t ino;            /* 0: there is none, or it cannot be looked at */
  off_t size;
  struct timespec changed;
};

/* Looks at n files of control/ and renews their stamps (all zero at first). 1 when one is not what it was, else 0.
   Look before you read: a change in between shows the next time. */
extern int stamp_look(char const *const *names, size_t n, struct stamp *);

#endif
