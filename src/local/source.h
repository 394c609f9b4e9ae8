/* source.h - what an answer came from, and so how long it holds */

#ifndef LOCAL_SOURCE_H
#define LOCAL_SOURCE_H

#include <sys/stat.h>

#include "lib/conf/stamp.h"

#define SOURCE_HOME_MAX 127

struct source {
  int lasts;                            /* 1: it holds while the tables (kept.h) and this home are as they were */
  char home[SOURCE_HOME_MAX + 1];       /* "": no home was looked at */
  struct stamp seen;                    /* of the home, before anything in it was looked at */
};

/* A home was looked at; st is what stat(2) told of it. An answer that needs more than one does not last, nor one that
   needs one where somebody else may hold up who looks again: on a network, or behind a user's own program. */
extern void source_home(struct source *, char const *home, struct stat const *st);

/* From the bytes of one, as a worker that may be broken has sent it: 1, or 0 when it is none. */
extern int source_unpack(struct source *, char const bytes[sizeof(struct source)]);

/* The home as it is now, without waiting for anybody. */
extern struct stamp source_look(char const *home);

#endif
