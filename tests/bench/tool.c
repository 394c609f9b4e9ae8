/* tool.c - see tool.h */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "tool.h"

void die(char const *format, ...)
{
  va_list args;

  fflush(stdout);
  fputs("bench: ", stderr);
  va_start(args, format);
  vfprintf(stderr, format, args);
  va_end(args);
  fputs("\n", stderr);
  exit(1);
}

long long now(void)
{
  struct timespec t;

  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

double own_cpu(void)
{
  struct rusage u;

  getrusage(RUSAGE_SELF, &u);
  return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3
         + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

unsigned long number(char const *s, unsigned long least, unsigned long most)
{
  char *rest;
  unsigned long n = strtoul(s, &rest, 10);

  if (*s < '0' || *s > '9' || *rest || n < least || n > most) die("%s is no number from %lu to %lu", s, least, most);
  return n;
}
