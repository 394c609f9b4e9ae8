/*
 * log.h - one line of the log at a time, to descriptor 2
 *
 * A line is built piece by piece and written at once: at most 4,096 bytes, so that lines of several
 * programs on one pipe never mix. Bytes from outside are escaped: control bytes, DEL, backslash and bytes
 * over 126 become \xHH, so a line is always one line of ASCII. When nobody reads the pipe the line is
 * dropped and counted; the next line that goes through is preceded by one that tells the count. Mail goes
 * on. No time stamps: the logger (multilog t) adds them.
 */

#ifndef LOG_H
#define LOG_H

#include <stddef.h>

/* The program's name starts every line: "name: ". Call it first; the string stays the caller's. */
extern void log_name(char const *);

extern void log_start(void);
extern void log_text(char const *);                    /* our own words, as they are */
extern void log_bytes(char const *, size_t);           /* from outside: escaped */
extern void log_string(char const *);                  /* the same for a C string */
extern void log_number(long long);
/* " name=value" with the value escaped; blanks become \x20, and an empty value shows as <> */
extern void log_field(char const *name, char const *value);
extern void log_end(void);

/* Whole lines. log_line: the parts up to a null pointer, each escaped. log_sys adds ": " and the words
   for errno. log_die is log_sys, then _exit(code). log_diex is log_line, then _exit(code). */
extern void log_line(char const *, ...) __attribute__((sentinel));
extern void log_sys(char const *, ...) __attribute__((sentinel));
extern void log_die(int code, char const *, ...) __attribute__((sentinel, noreturn));
extern void log_diex(int code, char const *, ...) __attribute__((sentinel, noreturn));

#endif
