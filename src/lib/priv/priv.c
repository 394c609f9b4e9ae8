/* priv.c - users, capabilities and limits; see priv.h */

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/priv/priv.h"

int priv_become(uid_t uid, gid_t gid)
{
  uid_t r, e, s;
  gid_t rg, eg, sg;

  if (getresuid(&r, &e, &s) == -1 || getresgid(&rg, &eg, &sg) == -1) return -1;
  if (uid && r == uid && e == uid && s == uid && rg == gid && eg == gid && sg == gid) return 0;
  if (setgroups(0, 0) == -1 || setresgid(gid, gid, gid) == -1 || setresuid(uid, uid, uid) == -1) return -1;
  if (getresuid(&r, &e, &s) == -1 || getresgid(&rg, &eg, &sg) == -1) return -1;
  if (r != uid || e != uid || s != uid || rg != gid || eg != gid || sg != gid || getgroups(0, 0) != 0
      || (uid && (!setuid(0) || !seteuid(0)))) {
    errno = EPERM;
    return -1;
  }
  return 0;
}

int priv_root_minimum(void)
{
  struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct data[2];
  unsigned long const keep = 1UL << CAP_SETUID | 1UL << CAP_SETGID | 1UL << CAP_KILL;
  int cap;

  for (cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
    if (!(keep >> cap & 1) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == -1) return -1;
  memset(data, 0, sizeof data);
  data[0].effective = data[0].permitted = (unsigned int)keep;
  return (int)syscall(SYS_capset, &head, data);
}

int priv_limits(unsigned int files, size_t memory)
{
  struct rlimit l = { .rlim_cur = files, .rlim_max = files };

  if (files && setrlimit(RLIMIT_NOFILE, &l) == -1) return -1;
  l.rlim_cur = l.rlim_max = memory;
  return memory ? setrlimit(RLIMIT_AS, &l) : 0;
}
