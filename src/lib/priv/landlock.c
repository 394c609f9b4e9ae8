/*
 * landlock.c - which files, ports and processes a locked-in program reaches (landlock(7))
 *
 * Hides the kernel's interface, which is newer than many systems' headers: everything that its version has and
 * this suite knows is forbidden but for the paths given. Nothing locked in makes directories, links by
 * name, devices or sockets in the file system, so no path ever grants that; nor takes a port of its own choice.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/priv/steps.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

#define VERSION_FLAG 1U
#define RULE_PATH_BENEATH 1
#define RULE_NET_PORT 2

#define FS_EXECUTE (1ULL << 0)
#define FS_WRITE_FILE (1ULL << 1)
#define FS_READ_FILE (1ULL << 2)
#define FS_READ_DIR (1ULL << 3)
#define FS_REMOVE_FILE (1ULL << 5)
#define FS_MAKE_REG (1ULL << 8)
#define FS_REFER (1ULL << 13)           /* rename and link between directories */
#define FS_TRUNCATE (1ULL << 14)
#define FS_OF_FILES (FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE)

#define NET_BIND_TCP (1ULL << 0)
#define NET_CONNECT_TCP (1ULL << 1)
#define SCOPE_ABSTRACT_UNIX (1ULL << 0)
#define SCOPE_SIGNAL (1ULL << 1)

struct ruleset {
  uint64_t fs;
  uint64_t net;
  uint64_t scoped;
};

struct path_beneath {
  uint64_t access;
  int32_t fd;
} __attribute__((packed));

struct net_port {
  uint64_t access;
  uint64_t port;
};

/* what a version of the interface can forbid, and how much of struct ruleset it takes */
static size_t everything(struct ruleset *r, long version)
{
  static uint64_t const fs_of[] = { 0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff };        /* the last: devices' ioctl */

  r->fs = fs_of[version < 5 ? version : 5];
  r->net = version >= 4 ? NET_BIND_TCP | NET_CONNECT_TCP : 0;
  r->scoped = version >= 6 ? SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL : 0;
  return version >= 6 ? sizeof *r : version >= 4 ? 2 * sizeof r->fs : sizeof r->fs;
}

static uint64_t rights(unsigned int access)
{
  uint64_t fs = 0;

  if (access & PRIV_READ) fs |= FS_READ_FILE | FS_READ_DIR;
  if (access & PRIV_WRITE) fs |= FS_WRITE_FILE | FS_REMOVE_FILE | FS_MAKE_REG | FS_REFER | FS_TRUNCATE;
  if (access & PRIV_RUN) fs |= FS_EXECUTE | FS_READ_FILE;
  if (access & PRIV_LIST) fs |= FS_READ_DIR;
  if (access & PRIV_FILES) fs |= FS_READ_FILE;
  if (access & PRIV_REMOVE) fs |= FS_REMOVE_FILE;
  if (access & PRIV_PLACE) fs |= FS_REMOVE_FILE | FS_MAKE_REG | FS_REFER;
  return fs;
}

static int add(int set, struct priv_path const *p, uint64_t handled)
{
  struct path_beneath rule = { .fd = open(p->path, O_PATH | O_CLOEXEC) };
  struct stat st;
  int r = -1;

  if (rule.fd == -1) return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? 0 : -1;
  if (!fstat(rule.fd, &st)) {
    rule.access = rights(p->access) & handled;
    if (!S_ISDIR(st.st_mode)) rule.access &= FS_OF_FILES;
    r = rule.access ? (int)syscall(SYS_landlock_add_rule, set, RULE_PATH_BENEATH, &rule, 0) : 0;
  }
  close(rule.fd);
  return r;
}

/* what a dynamic program's start and dlopen need; the two files are the machines' loaders */
static struct priv_path const libraries[] = {
  { "/etc/ld.so.cache", PRIV_READ },
  { "/lib", PRIV_READ },
  { "/lib64", PRIV_READ },
  { "/usr/lib", PRIV_READ },
  { "/usr/lib64", PRIV_READ },
  { "/usr/local/lib", PRIV_READ },
  { "/lib64/ld-linux-x86-64.so.2", PRIV_RUN },
  { "/lib/ld-linux-aarch64.so.1", PRIV_RUN },
#ifdef PRIV_SANITIZED
  { "/proc", PRIV_READ },
#endif
};

static int add_all(int set, unsigned int needs, struct priv_path const *paths, size_t n, struct ruleset const *r)
{
  static struct net_port const any_port = { NET_BIND_TCP, 0 };  /* whichever the kernel gives */
  uint64_t handled = r->fs;
  size_t i;

  for (i = 0; i < n; i++)
    if (add(set, paths + i, handled) == -1) return -1;
  if (needs & PRIV_LIBRARIES)
    for (i = 0; i < sizeof libraries / sizeof libraries[0]; i++)
      if (add(set, libraries + i, handled) == -1) return -1;
  if (needs & PRIV_BIND && r->net & NET_BIND_TCP
      && syscall(SYS_landlock_add_rule, set, RULE_NET_PORT, &any_port, 0) == -1) return -1;
  return (int)syscall(SYS_landlock_restrict_self, set, 0);
}

/* The interface's first version forbids every rename between directories: who lives by them goes without it. */
static int beyond(long version, struct priv_path const *paths, size_t n)
{
  size_t i = 0;

  while (i < n && !(paths[i].access & PRIV_PLACE)) i++;
  return version < 2 && i < n;
}

int landlock_apply(unsigned int needs, struct priv_path const *paths, size_t n)
{
  struct ruleset r;
  long version = syscall(SYS_landlock_create_ruleset, (void *)0, (size_t)0, VERSION_FLAG);
  size_t size;
  int set, result, e;

  if (version < 1 || beyond(version, paths, n)) return 0;
  size = everything(&r, version);
  if (needs & PRIV_INET) r.net &= ~NET_CONNECT_TCP;
  set = (int)syscall(SYS_landlock_create_ruleset, &r, size, 0U);
  if (set == -1) return -1;
  result = add_all(set, needs, paths, n, &r);
  e = errno;
  close(set);
  errno = e;
  return result;
}
