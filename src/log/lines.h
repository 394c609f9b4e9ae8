/* lines.h - bytes that come in pieces, as lines */

#ifndef LOG_LINES_H
#define LOG_LINES_H

#include <stddef.h>

#include "log/logline.h"

struct lines {
  char s[LOGLINE_MAX];
  size_t used;
};

/* Gives each whole line, without its end, to line; the beginning of another one stays. */
extern void lines_feed(struct lines *, char const *, size_t len, void (*line)(char const *, size_t));
/* No more of it comes. */
extern void lines_drop(struct lines *);

#endif
