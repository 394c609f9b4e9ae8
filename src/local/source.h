/* source.h - what an answer came from, and so how long it holds */

#ifndef LOCAL_SOURCE_H
#define LOCAL_SOURCE_H

#include <sys/stat.h>

#include "door/lookup.h"

/* A home was looked at; st is what stat(2) told of it. An answer that needs more than one does not last, nor one that
   needs one where somebody else may hold up who looks again: on a network, or behind a user's own program. */
extern void source_home(struct lookup_source *, char const *home, struct stat const *st);

/* The home as it is now, without waiting for anybody. */
extern struct stamp source_look(char const *home);

#endif
