/*
 * ledger.h - counts that are kept for a time, by name: of an address, a login, both together
 *
 * Of a bounded number of places; a new name takes the place of one that is over, else of one that counts least. Names
 * themselves are not kept, only a keyed hash of each.
 */

#ifndef AUTH_LEDGER_H
#define AUTH_LEDGER_H

#include <stdint.h>

#define LEDGER_PLACES 8192

struct ledger_line {
  unsigned char name[16];
  uint32_t count;
  uint32_t more;                /* another count; all zero is a free place */
  long long since;              /* the caller's, by io_clock; the line is over life after it */
};

struct ledger {
  long long life;               /* ms */
  struct ledger_line *lines;    /* in memory that copies of this process do not have */
};

/* 0, or -1 with errno. */
extern int ledger_start(struct ledger *, long long life);

/* The line of a name (of two parts; either may be ""), or null when there is none or it is over. */
extern struct ledger_line *ledger_find(struct ledger *, char const *name, char const *with);

/* The same; a new one, with no counts, since now, when there is none. */
extern struct ledger_line *ledger_open(struct ledger *, char const *name, char const *with);

#endif
