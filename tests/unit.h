/*
 * unit.h - for tests in C: check(name, condition) prints "ok name" or "not ok name (file:line)"; end with
 * return unit_end()
 */

#ifndef UNIT_H
#define UNIT_H

#include <stdio.h>

static int unit_failed;

#define check(name, condition) unit_check((name), !!(condition), __FILE__, __LINE__)

static inline void unit_check(char const *name, int good, char const *file, int line)
{
  if (good) printf("ok %s\n", name);
  else {
    printf("not ok %s (%s:%d)\n", name, file, line);
    unit_failed = 1;
  }
  fflush(stdout);
}

static inline int unit_end(void)
{
  return unit_failed;
}

#endif
