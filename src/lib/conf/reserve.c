/* reserve.c - see reserve.h */

#include "lib/conf/reserve.h"

#define BYTES_MAX (1ULL << 30)
#define INODES_MAX 100000ULL

static uint64_t least(uint64_t a, uint64_t b)
{
  return a < b ? a : b;
}

struct reserve reserve_of(struct statvfs const *v, unsigned int percent)
{
  return (struct reserve){ least((uint64_t)v->f_blocks / 100 * percent * v->f_frsize, BYTES_MAX),
                           least((uint64_t)v->f_files / 100 * percent, INODES_MAX) };
}
