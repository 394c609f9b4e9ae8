/* stamp.h - has a file changed since it was looked at? */

#ifndef LIB_CONF_STAMP_H
#define LIB_CONF_STAMP_H

#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

struct stamp {
  dev_t dev;
  ino_t ino;            /* 0: there is none, or it cannot be looked at */
  off_t size;
  struct timespec changed;
};

/* A file as it is now, and as stat(2) has told of it. */
extern struct stamp stamp_of(char const *path);
extern struct stamp stamp_from(struct stat const *);

extern int stamp_same(struct stamp const *, struct stamp const *);

/* 1 when another file has the name now, changed or not: a lock that was made then does not know it. */
extern int stamp_other(struct stamp const *then, char const *path);

/* 1 when any change from now on would show in the stamp. Two that come in one tick of the kernel's clock do not. */
extern int stamp_settled(struct stamp const *);

/* Looks at n files of control/ and renews their stamps (all zero at first). 1 when one is not what it was, else 0.
   Look before you read: a change in between shows the next time. */
extern int stamp_look(char const *const *names, size_t n, struct stamp *);

#endif
