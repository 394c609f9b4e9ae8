/* space.c - see space.h */

#include <errno.h>
#include <stdint.h>
#include <sys/statvfs.h>

#include "lib/conf/conf.h"
#include "lib/conf/reserve.h"
#include "queue/space.h"

int space_left(int dir, uid_t uid, unsigned int percent)
{
  struct statvfs v;
  struct reserve kept;
  unsigned int quarters = uid == conf_users[CONF_BOUNCE].uid ? 1 : uid == conf_users[CONF_IN].uid ? 3 : 4;
  int r;

  do r = fstatvfs(dir, &v);
  while (r == -1 && errno == EINTR);
  if (r == -1) return -1;
  kept = reserve_of(&v, percent);
  if ((uint64_t)v.f_bavail * v.f_frsize < kept.bytes / 4 * quarters) return 0;
  return !v.f_files || v.f_favail >= kept.inodes / 4 * quarters;
}
