/*
 * calls.h - the system calls that a locked-in program keeps, by need: the table behind priv_lock
 *
 * A call is allowed when some row of its number allows it: the program has one of the row's needs (or the
 * row is for all) and every condition of the row holds. All else fails with EPERM.
 */

#ifndef LIB_PRIV_CALLS_H
#define LIB_PRIV_CALLS_H

#include <stddef.h>

#define CALL_CONDITIONS 3

struct call_condition {
  unsigned int kind;    /* enum below; 0: none */
  unsigned int arg;     /* of the call, from 0 */
  unsigned int mask;    /* CALL_EQUAL: the argument's low 32 bits under the mask are the value */
  unsigned int value;
};

enum { CALL_EQUAL = 1, CALL_NULL };     /* CALL_NULL: a pointer argument is null */

struct call {
  int number;           /* -1: this machine has no such call */
  unsigned int needs;   /* any of these, or CALL_ALL */
  struct call_condition must[CALL_CONDITIONS];
};

#define CALL_ALL 0

#define CALLS_MAX 255   /* rows: a filter's jumps reach no further */

extern struct call const calls[];
extern size_t const calls_count;

#endif
