/* space.c - see space.h */

#include <errno.h>
#include <stdint.h>
#include <sys/statvfs.h>

#include "lib/conf/conf.h"
#include "queue/space.h"

#define RESERVE_BYTES_MAX (1ULL << 30)
#define RESERVE_INODES_MAX 100000ULL

static uint64_t least(uint64_t a, uint64_t b)
{
  return a < b ? a : b;
}

int space_left(int dir, uid_t uid, unsigned int percent)
{
  struct statvfs v;
  uint64_t bytes, inodes;
  unsigned int quarters = uid == conf_users[CONF_BOUNCE].uid ? 1 : uid == conf_users[CONF_IN].uid ? 3 : 4;
  int r;

  do r = fstatvfs(dir, &v);
  while (r == -1 && errno == EINTR);
  if (r == -1) return -1;
  bytes = least((uint64_t)v.f_blocks / 100 * percent * v.f_frsize, RESERVE_BYTES_MAX) / 4 * quarters;
  inodes = least((uint64_t)v.f_files / 100 * percent, RESERVE_INODES_MAX) / 4 * quarters;
  if ((uint64_t)v.f_bavail * v.f_frsize < bytes) return 0;
  return !v.f_files || v.f_favail >= inodes;    /* btrfs counts no inodes */
}
