/* tool.h - what the programs that measure have in common */

#ifndef BENCH_TOOL_H
#define BENCH_TOOL_H

/* Tells it to who reads errors, and exits 1. */
extern void die(char const *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* us, of a clock that nobody sets */
extern long long now(void);

/* ms of CPU that this process has used */
extern double own_cpu(void);

/* An argument that must be a number in these bounds. */
extern unsigned long number(char const *, unsigned long least, unsigned long most);

#endif
