/*
 * logline.h - one line of a log of the suite (mail-log(5)), taken apart
 *
 * With or without a time stamp of multilog (TAI64N), s6-log or svlogd. Any bytes may be in it: who writes to a log may
 * be broken.
 */

#ifndef LOG_LOGLINE_H
#define LOG_LOGLINE_H

#include <stddef.h>

#define LOGLINE_MAX 4608        /* bytes: a line of lib/io/log.h, and a stamp; more are cut off */

struct logline {
  char const *program;          /* "mail-send": all point into the line */
  size_t program_len;
  char const *s;                /* what it says */
  size_t len;
};

/* 1, or 0: it is no line of a program of the suite. */
extern int logline_read(struct logline *, char const *, size_t len);
extern int logline_of(struct logline const *, char const *program);
/* Does it begin with these words? */
extern int logline_begins(struct logline const *, char const *words);
/* A field: 1 with its value as it stands there, or 0. "reply" is the rest of the line. */
extern int logline_field(struct logline const *, char const *name, char const **value, size_t *len);
/* What is said behind the fields and a colon: its length, 0 when there is nothing. */
extern size_t logline_reason(struct logline const *, char const **);
/* A whole number at the beginning of s, at most 18 digits of it; how many digits. */
extern size_t logline_number(char const *s, size_t len, unsigned long long *);

#endif
