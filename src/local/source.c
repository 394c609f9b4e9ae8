/* source.c - see source.h */

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/stat.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "local/source.h"

/* Disks of this host. Not all have a name in the kernel's headers. */
static int is_own_disk(char const *path)
{
  static unsigned long const kinds[] = {
    EXT4_SUPER_MAGIC, BTRFS_SUPER_MAGIC, TMPFS_MAGIC, 0x58465342UL /* XFS */, 0xf2f52010UL /* F2FS */
  };
  struct statfs fs;
  size_t i;

  if (statfs(path, &fs) == -1) return 0;
  for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
    if (((unsigned long)fs.f_type & 0xffffffffUL) == kinds[i]) return 1;
  return 0;
}

void source_home(struct lookup_source *s, char const *home, struct stat const *st)
{
  struct stamp seen = stamp_from(st);
  size_t len = strlen(home);

  if (!s->lasts) return;
  if (s->home[0]) s->lasts = !strcmp(s->home, home) && stamp_same(&s->seen, &seen);
  else s->lasts = len <= LOOKUP_SEEN_MAX && stamp_settled(&seen) && is_own_disk(home);
  if (!s->lasts) return;
  memcpy(s->home, home, len + 1);
  s->seen = seen;
}

/* A user may mount something on a home, after which stat(2) would wait for it. musl has no statx(3). */
struct stamp source_look(char const *home)
{
  struct stamp now = { .ino = 0 };
  struct statx x;

  if (!syscall(SYS_statx, AT_FDCWD, home, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &x))
    now = (struct stamp){ makedev(x.stx_dev_major, x.stx_dev_minor), x.stx_ino, (off_t)x.stx_size,
                          { x.stx_ctime.tv_sec, x.stx_ctime.tv_nsec } };
  return now;
}
