/*
 * rcpts.h - the envelope that mail-inject makes: sender and recipients
 *
 * Recipients are kept in the order in which they were found; the same address twice counts once.
 */

#ifndef USER_RCPTS_H
#define USER_RCPTS_H

#include <stddef.h>
#include <skalibs/stralloc.h>

#define RCPTS_MAX 65536         /* before doubles are taken out */

struct rcpts {
  stralloc text;                /* addresses, each NUL-terminated */
  size_t n;
};

/* For struct list: adds an address to the struct rcpts in data. A null pointer, or why not. <> is passed over. Too
   many of them end the program. */
extern char const *rcpts_take(char const *address, size_t len, void *data);

/* parameters (door/envelope.h), as records: those that follow the sender, and each recipient */
struct rcpts_params {
  stralloc of_sender, of_rcpt;
};

/* The envelope's records, F and T, and their parameters, in memory of their own. 1, or 0 when there is no memory. */
extern int rcpts_records(stralloc *records, char const *sender, struct rcpts const *, struct rcpts_params const *);

/* Is one of the second ones among the first, without regard to case? 1, 0, or -1 when there is no memory. */
extern int rcpts_meet(struct rcpts const *, struct rcpts const *);

#endif
