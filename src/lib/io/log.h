/*
 * log.h - one line of the log at a time, to descriptor 2
 *
 * A line is built piece by piece and written at once: at most 4,096 bytes, so that lines of several
 * programs on one pipe never mix. Bytes from outside are escaped: control bytes, DEL, backslash and bytes
 * over 126 become \xHH, so a line is always one line of ASCII. When nobody reads the pipe the line is
 * dropped and counted; the next line that goes through is preceded by one that tells the count. Mail goes
 * on. No time stamps: the logger (multilog t) adds them. With LOG=errors in the environment only lines are written
 * that tell of trouble: system errors, a program's last words, and what begins with warning, error, alert or fatal.
 */

#ifndef LIB_IO_LOG_H
#define LIB_IO_LOG_H

#include <poll.h>
#include <stddef.h>

/* The program's name starts every line: "name: ". Call it first; the string stays the caller's. */
extern void log_name(char const *);

extern void log_start(void);
extern void log_text(char const *);                    /* our own words, as they are */
extern void log_bytes(char const *, size_t);           /* from outside: escaped */
extern void log_string(char const *);                  /* the same for a C string */
extern void log_number(long long);
/* " name=value" with the value escaped; blanks become \x20, an empty value shows as <>, and what is over 900 bytes as
   three dots */
extern void log_field(char const *name, char const *value);
extern void log_count(char const *, long long);         /* our own words, and a number behind them */
extern void log_end(void);

/* From now on (0: no more, as at the start) a line may wait a tenth of a second for others, and they are written at
   once: less work for both sides of the pipe, and done after what is urgent. What tells of trouble takes those before
   it along and never waits. Who calls this waits by log_poll or wake_poll, and calls log_release before it waits
   otherwise or ends. */
extern void log_hold(int);
/* When what waits is to be written (io_clock); LLONG_MAX: nothing does. */
extern long long log_due(void);
/* Writes it. */
extern void log_release(void);
/* poll(2) until a moment of io_clock that also writes what is due. */
extern int log_poll(struct pollfd *, nfds_t n, long long until);

/* Whole lines of one or more strings, each escaped: log_line("unable to open ", path). log_sys adds ": " and
   the words for errno. log_die(code, ...) is log_sys, then _exit(code); log_diex the same without errno. */
#define log_line(...) log_parts(__VA_ARGS__, (char const *)0)
#define log_sys(...) log_parts_sys(__VA_ARGS__, (char const *)0)
#define log_die(code, ...) log_parts_die((code), __VA_ARGS__, (char const *)0)
#define log_diex(code, ...) log_parts_diex((code), __VA_ARGS__, (char const *)0)

extern void log_parts(char const *, ...) __attribute__((sentinel));
extern void log_parts_sys(char const *, ...) __attribute__((sentinel));
extern void log_parts_die(int code, char const *, ...) __attribute__((sentinel, noreturn));
extern void log_parts_diex(int code, char const *, ...) __attribute__((sentinel, noreturn));

#endif
