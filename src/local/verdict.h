/*
 * verdict.h - how mail-local says what became of the mail: one line on descriptor 1, and its exit code
 *
 * The line may reach the sender in a bounce, so it tells no path, no command and nothing that a program said:
 * that is for descriptor 2, the log (lib/io/log.h). It starts with a code of RFC 3463.
 */

#ifndef LOCAL_VERDICT_H
#define LOCAL_VERDICT_H

#define VERDICT_LATER 111
#define VERDICT_NEVER 100

extern void verdict_later(char const *text) __attribute__((noreturn));
extern void verdict_never(char const *text) __attribute__((noreturn));
/* Temporary; the text depends on errno: a full disk or quota has a code of its own. */
extern void verdict_sys(char const *text) __attribute__((noreturn));

#endif
