/* print.c - see print.h */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "user/print.h"

void print_bytes(char const *s, size_t len)
{
  for (; len; s++, len--) {
    unsigned char c = (unsigned char)*s;
    if (c < 32 || c > 126 || c == '\\') printf("\\x%02x", c);
    else putchar(c);
  }
}

void print_string(char const *s)
{
  print_bytes(s, strlen(s));
}

void print_time(int64_t seconds)
{
  time_t t = (time_t)seconds;
  struct tm tm;
  char s[64];

  if (gmtime_r(&t, &tm) && strftime(s, sizeof s, "%e %b %Y %H:%M:%S GMT", &tm)) fputs(s, stdout);
}

int print_end(void)
{
  return fflush(stdout) == EOF || ferror(stdout) ? -1 : 0;
}
