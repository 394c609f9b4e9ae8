/* memory.c - see memory.h; of other libcs nothing is known that would be better than what they do */

#include <stdlib.h>

#include "tls/memory.h"

#ifdef __GLIBC__

#include <malloc.h>

#define HOLE_MAX 65536          /* bytes; larger ones are the kernel's, and go back to it */
#define HOLE_MIN 16

void memory_settle(void)
{
  char *beyond, *p;
  size_t size;

  malloc_trim(0);
  beyond = malloc(HOLE_MAX);
  for (size = HOLE_MAX; beyond && size >= HOLE_MIN; size /= 2) {
    while ((p = malloc(size)) && p < beyond);
    free(p);
  }
  free(beyond);
}

#else

void memory_settle(void)
{
}

#endif
