/* priv.c - users, capabilities and limits; see priv.h */

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/priv/priv.h"

/* Nothing is left of root's rights, whatever securebits the caller was started with. */
static int drop_capabilities(void)
{
  struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct data[2];

  memset(data, 0, sizeof data);
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == -1 && errno != EINVAL) return -1;
  return (int)syscall(SYS_capset, &head, data);
}

/* real, effective, saved and file system's, all the same */
static int is_exactly(uid_t uid, gid_t gid)
{
  uid_t r, e, s;
  gid_t rg, eg, sg;

  return getresuid(&r, &e, &s) != -1 && getresgid(&rg, &eg, &sg) != -1 && r == uid && e == uid && s == uid
         && rg == gid && eg == gid && sg == gid && (uid_t)setfsuid((uid_t)-1) == uid
         && (gid_t)setfsgid((gid_t)-1) == gid;
}

int priv_become(uid_t uid, gid_t gid)
{
  if (uid == (uid_t)-1 || gid == (gid_t)-1) {   /* "leave as it is" to setresuid */
    errno = EINVAL;
    return -1;
  }
  if (uid && is_exactly(uid, gid)) return drop_capabilities();
  if (setgroups(0, 0) == -1 || setresgid(gid, gid, gid) == -1 || setresuid(uid, uid, uid) == -1) return -1;
  if (uid && drop_capabilities() == -1) return -1;
  if (!is_exactly(uid, gid) || getgroups(0, 0) != 0 || (uid && (!setuid(0) || !seteuid(0)))) {
    errno = EPERM;
    return -1;
  }
  return 0;
}

int priv_root_minimum(void)
{
  struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct data[2];
  unsigned long long const keep = 1ULL << CAP_SETUID | 1ULL << CAP_SETGID | 1ULL << CAP_KILL;
  int cap, have;

  for (cap = 0; (have = prctl(PR_CAPBSET_READ, cap, 0, 0, 0)) >= 0; cap++)      /* a second call finds them gone */
    if (have && !(keep >> cap & 1) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == -1) return -1;
  memset(data, 0, sizeof data);
  data[0].effective = data[0].permitted = (unsigned int)keep;
  return (int)syscall(SYS_capset, &head, data);
}

static size_t bound(size_t memory)
{
#ifdef PRIV_SANITIZED
  memory = 0;                   /* sanitizers reserve terabytes */
#endif
  return memory;
}

int priv_limits(unsigned int files, size_t memory)
{
  struct rlimit l = { .rlim_cur = files, .rlim_max = files };

  if (files && setrlimit(RLIMIT_NOFILE, &l) == -1) return -1;
  l.rlim_cur = l.rlim_max = bound(memory);
  return bound(memory) ? setrlimit(RLIMIT_AS, &l) : 0;
}

static struct rlimit own_files, own_memory;     /* before priv_limits_soft */

int priv_limits_soft(unsigned int files, size_t memory)
{
  struct rlimit l;

  if (getrlimit(RLIMIT_NOFILE, &own_files) == -1 || getrlimit(RLIMIT_AS, &own_memory) == -1) return -1;
  l = own_files;
  if (files < l.rlim_cur) l.rlim_cur = files;
  if (setrlimit(RLIMIT_NOFILE, &l) == -1) return -1;
  l = own_memory;
  if (bound(memory) && bound(memory) < l.rlim_cur) l.rlim_cur = bound(memory);
  return setrlimit(RLIMIT_AS, &l);
}

int priv_limits_lift(void)
{
  return setrlimit(RLIMIT_NOFILE, &own_files) == -1 ? -1 : setrlimit(RLIMIT_AS, &own_memory);
}
