/* lock.c - the order in which a program locks itself in; see priv.h */

#include <sys/prctl.h>
#include <sys/resource.h>

#include "lib/priv/steps.h"

int priv_lock(unsigned int needs, struct priv_path const *paths, size_t n)
{
  struct rlimit none = { 0, 0 };

  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 || setrlimit(RLIMIT_CORE, &none) == -1) return -1;
#ifndef PRIV_SANITIZED
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1) return -1;     /* the leak checker looks into its own process */
#endif
  if (landlock_apply(needs, paths, n) == -1) return -1;
  return seccomp_apply(needs);
}
