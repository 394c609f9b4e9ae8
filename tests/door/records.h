/* records.h - what every door's records must stand: each truncation and each flipped byte, without leaving the buffer */

#ifndef RECORDS_H
#define RECORDS_H

#include <stdlib.h>
#include <string.h>

#include "unit.h"

/* Tries read (1: taken) on every beginning of a record and on every change of one byte. All truncations must be refused;
   what a flipped byte gives only has to be read without harm (the sanitizers watch). Each try has a buffer of its size. */
static inline void records_hold(char const *name, char const *s, size_t len, int (*read)(char const *, size_t))
{
  size_t cut, at;
  unsigned int flip, taken = 0;

  for (cut = 0; cut < len; cut++) {
    char *p = malloc(cut ? cut : 1);
    memcpy(p, s, cut);
    taken += (unsigned int)read(p, cut);
    free(p);
  }
  check(name, !taken);
  for (at = 0; at < len; at++)
    for (flip = 1; flip < 256; flip++) {
      char *p = malloc(len);
      memcpy(p, s, len);
      p[at] = (char)(p[at] ^ (char)flip);
      read(p, len);
      free(p);
    }
}

#endif
