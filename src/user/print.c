/* print.c - see print.h */

#include <stdio.h>
#include <string.h>

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

int print_end(void)
{
  return fflush(stdout) == EOF || ferror(stdout) ? -1 : 0;
}
