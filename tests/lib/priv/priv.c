/* priv.c - giving up users, capabilities and limits; priv_lock itself is tried by lock.sh, without sanitizers */

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/priv/priv.h"
#include "unit.h"

#define USER 61080

/* the value of a line of /proc/self/status as the kernel writes it */
static int status_is(char const *name, char const *value)
{
  char buf[8192], want[128];
  int fd = open("/proc/self/status", O_RDONLY);
  ssize_t len = read(fd, buf, sizeof buf - 1);

  close(fd);
  if (len < 0) return 0;
  buf[len] = 0;
  snprintf(want, sizeof want, "\n%s:\t%s\n", name, value);
  return !!strstr(buf, want);
}

static int powerless(void)
{
  static char const none[] = "0000000000000000";

  return status_is("Uid", "61080\t61080\t61080\t61080") && status_is("Gid", "61080\t61080\t61080\t61080")
         && status_is("Groups", " ") && status_is("CapPrm", none) && status_is("CapEff", none)
         && status_is("CapInh", none) && status_is("CapAmb", none);
}

static int become(void)
{
  return !priv_become(USER, USER) && powerless() && setuid(0) == -1 && !priv_become(USER, USER)
         && priv_become(USER + 1, USER) == -1;
}

static int become_in_spite_of_groups(void)
{
  gid_t groups[] = { 1, 2, 3 };

  return !setgroups(3, groups) && become();
}

/* a parent that asked the kernel to keep capabilities over a change of users */
static int become_in_spite_of_securebits(void)
{
  return !prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP | SECBIT_KEEP_CAPS, 0, 0, 0) && become();
}

static int become_nobody(void)
{
  return priv_become((uid_t)-1, USER) == -1 && errno == EINVAL && priv_become(USER, (gid_t)-1) == -1;
}

static int become_root(void)
{
  return !priv_become(0, 0) && status_is("Groups", " ");
}

static int become_without_right(void)
{
  return !setresgid(USER, USER, USER) && !setresuid(USER, USER, USER) && priv_become(USER + 1, USER) == -1
         && priv_become(0, 0) == -1 && !priv_become(USER, USER);
}

static int minimum(void)
{
  static char const three[] = "00000000000000e0";

  return !priv_root_minimum() && status_is("CapPrm", three) && status_is("CapEff", three)
         && status_is("CapBnd", three) && status_is("CapInh", "0000000000000000")
         && chroot("/") == -1 && become();
}

/* without the bound of memory: sanitizers reserve terabytes, so priv_limits leaves it out for them */
static int limits(void)
{
  struct rlimit l;

  return !priv_limits(20, 0) && !getrlimit(RLIMIT_NOFILE, &l) && l.rlim_cur == 20 && l.rlim_max == 20
         && !getrlimit(RLIMIT_AS, &l) && l.rlim_cur == RLIM_INFINITY;
}

/* in a child, since there is no way back; under sanitizers Landlock is all that the lock has */
static int lock(void)
{
  struct priv_path usr = { "/usr", PRIV_READ };

  return !priv_lock(PRIV_OPEN, &usr, 1) && status_is("NoNewPrivs", "1") && open("/etc/passwd", O_RDONLY) == -1
         && open("/usr", O_RDONLY | O_DIRECTORY) != -1;
}

static int in_child(int (*f)(void))
{
  pid_t p = fork();
  int status;

  if (!p) _exit(!f());
  return waitpid(p, &status, 0) == p && !status;
}

int main(void)
{
  check("limits are soft and hard", in_child(limits));
  check("the lock has Landlock and no_new_privs", in_child(lock));
  if (getuid()) {
    printf("skip changing users: needs root\n");
    return unit_end();
  }
  check("becoming a user leaves nothing", in_child(become));
  check("supplementary groups go", in_child(become_in_spite_of_groups));
  check("capabilities go whatever the securebits", in_child(become_in_spite_of_securebits));
  check("the numbers that mean no change are refused", in_child(become_nobody));
  check("root as itself loses its groups", in_child(become_root));
  check("without the right nobody else is reached", in_child(become_without_right));
  check("root's minimum is three capabilities everywhere", in_child(minimum));
  return unit_end();
}
