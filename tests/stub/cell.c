/*
 * cell.c - tries to break out of priv_lock: for each set of needs, a child locks itself in and makes attempts
 *
 *      cell DIR SELF        DIR/in (all rights), DIR/ro (reading), DIR/out (none) hold a file "file"; SELF is a
 *                           program that may be executed: this one
 *      cell count           prints how many system calls each need allows
 *
 * One child makes all attempts of a set, but for those after which it is another: they have a child each. An attempt is
 * expected to go through exactly with the needs that its row names. Built without sanitizers, by
 * tests/lib/priv/lock.sh, with each libc. It prints the lines of tests/unit.h, one an attempt.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/priv/calls.h"
#include "lib/priv/steps.h"
#include "unit.h"

extern char **environ;

static char const *self;
static struct sockaddr_in inet;
static struct sockaddr_un local = { .sun_family = AF_UNIX, .sun_path = "in/socket" };
static struct sockaddr_un hidden = { .sun_family = AF_UNIX };
static socklen_t hidden_len;
static int listener, program, pipes[2];
static pid_t sibling;

static int opens(char const *path, int flags, mode_t mode)
{
  int fd = open(path, flags, mode);

  return fd == -1 ? -1 : close(fd);
}

static int connects(int family, int type, void const *address, socklen_t len)
{
  int fd = socket(family, type, 0);

  return fd == -1 ? -1 : connect(fd, address, len);
}

static int binds(unsigned int port)
{
  struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                           .sin_addr = { htonl(INADDR_LOOPBACK) } };
  int fd = socket(AF_INET, SOCK_STREAM, 0);

  return fd == -1 ? -1 : bind(fd, (struct sockaddr *)&a, sizeof a);
}

static int maps(int protection, int flags, int fd)
{
  if (mmap(0, 4096, protection, flags, fd, 0) != MAP_FAILED) return 0;
  if (errno == ENOMEM) errno = EPERM;   /* musl says it so */
  return -1;
}

static int runs(char const *path)
{
  char *argv[] = { (char *)path, 0 };
  pid_t p;
  int status, e = posix_spawn(&p, path, 0, 0, argv, environ);

  errno = e;
  if (e || waitpid(p, &status, 0) == -1) return -1;
  errno = EPERM;        /* a dynamic program that may not load its libraries ends with 127 */
  return status ? -1 : 0;
}

/* what every program may do, with any needs */
static int plain_work(void)
{
  struct pollfd p = { .fd = pipes[0], .events = POLLIN };
  struct sigaction a = { .sa_handler = SIG_IGN };
  struct timespec t = { 0, 1000 };
  struct timeval second = { 1, 0 };
  struct rlimit l;
  struct stat st;
  char c = 'x', *m = malloc(1 << 20);

  if (!m || write(pipes[1], &c, 1) != 1 || poll(&p, 1, 1000) != 1 || read(pipes[0], &c, 1) != 1) return -1;
  memset(m, 1, 1 << 20);
  m = realloc(m, 1 << 22);
  free(m);
  if (fstat(pipes[0], &st) || fcntl(pipes[0], F_SETFL, O_NONBLOCK) || fcntl(pipes[0], F_GETFL) == -1) return -1;
  if (sigaction(SIGUSR1, &a, 0) || nanosleep(&t, 0) || time(0) == -1 || getrlimit(RLIMIT_NOFILE, &l)) return -1;
  alarm(100);
  if (syscall(SYS_getrandom, &c, 1, 0) != 1 || (int)lseek(program, 0, SEEK_SET)) return -1;
  return setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
}

static int makes_child(void)
{
  pid_t p = fork();

  if (!p) _exit(0);
  return p == -1 || waitpid(p, 0, 0) == -1 ? -1 : 0;
}

static int kills_child(void)
{
  pid_t p = fork();
  int r;

  if (!p) {
    poll(0, 0, 20);     /* where nobody may kill it */
    _exit(0);
  }
  if (p == -1) return -1;
  r = kill(p, SIGKILL);
  waitpid(p, 0, 0);
  return r;
}

static int makes_namespace(void)
{
  long p = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

  if (!p) _exit(0);
  return (int)p;
}

static int protects(void)
{
  void *p = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  return p == MAP_FAILED ? 0 : mprotect(p, 4096, PROT_READ | PROT_EXEC);
}

static int sees_sibling(void)
{
  char path[64];

  snprintf(path, sizeof path, "/proc/%d/environ", (int)sibling);
  return opens(path, O_RDONLY, 0);
}

#define READING (PRIV_OPEN | PRIV_MODIFY | PRIV_EXEC | PRIV_DLOPEN)
#define NEVER 0x80000000U
#define INSIDE 0x40000000U      /* only files below in/ and ro/, where there is Landlock */
#define ALONE 0x20000000U       /* what the process is afterwards says nothing about other attempts */

struct attempt {
  char const *name;
  int (*run)(void);
  unsigned int any;     /* needs of which one is enough; 0: always; or NEVER */
  unsigned int all;     /* needs that it takes as well */
};

/* one expression as a function: tried(name) is its address */
#define TRY(name, expression) static int try_##name(void) { return (int)(expression); }
#define AS_OTHERS(x) ((x) == -1 && errno != EPERM && errno != EACCES ? 0 : (x))
TRY(read_in, opens("in/file", O_RDONLY, 0))
TRY(read_ro, opens("ro/file", O_RDONLY, 0))
TRY(list_in, opens("in", O_RDONLY | O_DIRECTORY, 0))
TRY(read_out, opens("out/file", O_RDONLY, 0))
TRY(read_dots, opens("in/../out/file", O_RDONLY, 0))
TRY(read_passwd, opens("/etc/passwd", O_RDONLY, 0))
TRY(read_mem, opens("/proc/self/mem", O_RDWR, 0))
TRY(write_in, opens("in/file", O_WRONLY | O_APPEND, 0))
TRY(both_in, opens("in/file", O_RDWR, 0))
TRY(write_ro, opens("ro/file", O_WRONLY, 0))
TRY(write_out, opens("out/file", O_WRONLY | O_TRUNC, 0))
TRY(create_in, opens("in/new", O_WRONLY | O_CREAT, 0600))
TRY(create_by_reader, opens("in/new", O_RDONLY | O_CREAT, 0600))
TRY(create_ro, opens("ro/new", O_WRONLY | O_CREAT, 0600))
TRY(create_out, opens("out/new", O_WRONLY | O_CREAT, 0600))
TRY(create_set_uid, opens("in/suid", O_WRONLY | O_CREAT, 04755))
TRY(unlink_in, AS_OTHERS(unlink("in/absent")))
TRY(unlink_out, unlink("out/file"))
TRY(rename_in, rename("in/file", "in/file"))
TRY(rename_out, rename("in/file", "out/new"))
TRY(rename_into, rename("out/file", "in/new"))
TRY(link_out, link("in/file", "out/new"))
TRY(link_into, link("out/file", "in/linked"))
TRY(truncate_out, truncate("out/file", 0))
TRY(chmod, chmod("in/file", 0644))
TRY(chown, chown("in/file", (uid_t)-1, (gid_t)-1))
TRY(fchmod, AS_OTHERS(fchmod(-1, 0644)))
TRY(fchmod_set_uid, AS_OTHERS(fchmod(-1, 04755)))
TRY(fsync, AS_OTHERS(fsync(program)))
TRY(mkdir, mkdir("in/dir", 0700))
TRY(symlink, symlink("file", "in/symlink"))
TRY(mkfifo, mkfifo("in/fifo", 0600))
TRY(tcp, connects(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, &inet, sizeof inet))
TRY(udp, connects(AF_INET, SOCK_DGRAM, &inet, sizeof inet))
TRY(unix, connects(AF_UNIX, SOCK_STREAM, &local, sizeof local))
TRY(abstract, connects(AF_UNIX, SOCK_STREAM, &hidden, hidden_len))
TRY(raw, socket(AF_INET, SOCK_RAW, IPPROTO_ICMP))
TRY(addresses, socket(AF_NETLINK, SOCK_RAW, 0))
TRY(netlink, socket(AF_NETLINK, SOCK_RAW, 9))
TRY(packet, socket(AF_PACKET, SOCK_RAW, 0))
TRY(sctp, socket(AF_INET, SOCK_STREAM, 132))
TRY(bind, AS_OTHERS(bind(-1, 0, 0)))
TRY(bind_any, binds(0))
TRY(bind_port, binds(1))
TRY(listen, listen(listener, 5))
TRY(accept, AS_OTHERS(accept(listener, 0, 0)))
TRY(reuseport, AS_OTHERS(setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &(int){ 1 }, sizeof(int))))
TRY(kill_sibling, kill(sibling, 0))
TRY(signal_by_fd, fcntl(pipes[0], F_SETOWN, sibling))
TRY(spawn, runs(self))
TRY(spawn_other, runs("/bin/true"))
TRY(exec, execve(self, (char *[]){ (char *)self, 0 }, environ))
TRY(lower_limit, setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 50, 50 }))
TRY(lock_further, priv_lock(0, 0, 0))
TRY(undo_lock, priv_lock(0, 0, 0) == -1 ? -1 : priv_lock(PRIV_FORK, 0, 0) == -1 ? -1 : makes_child())
TRY(map_anonymous, maps(PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1))
TRY(map_file, maps(PROT_READ | PROT_EXEC, MAP_PRIVATE, program))
TRY(map_writable, maps(PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE, program))

static struct attempt const attempts[] = {
  { "plain work", plain_work, 0, 0 },
  { "read a file inside", try_read_in, READING, 0 },
  { "read a file inside, of a read-only folder", try_read_ro, READING, 0 },
  { "list a folder inside", try_list_in, READING, 0 },
  { "read outside", try_read_out, READING, INSIDE },
  { "read outside by ..", try_read_dots, READING, INSIDE },
  { "read the password file", try_read_passwd, READING, INSIDE },
  { "read its own memory file", try_read_mem, NEVER, 0 },
  { "see a sibling's environment", sees_sibling, NEVER, 0 },
  { "write inside", try_write_in, PRIV_MODIFY, 0 },
  { "read and write inside", try_both_in, PRIV_MODIFY, 0 },
  { "write in a read-only folder", try_write_ro, PRIV_MODIFY, INSIDE },
  { "write outside", try_write_out, PRIV_MODIFY, INSIDE },
  { "create inside", try_create_in, PRIV_MODIFY, 0 },
  { "create by opening for reading", try_create_by_reader, PRIV_MODIFY, 0 },
  { "create in a read-only folder", try_create_ro, PRIV_MODIFY, INSIDE },
  { "create outside", try_create_out, PRIV_MODIFY, INSIDE },
  { "create a set-uid file", try_create_set_uid, NEVER, 0 },
  { "unlink inside", try_unlink_in, PRIV_MODIFY, 0 },
  { "unlink outside", try_unlink_out, PRIV_MODIFY, INSIDE },
  { "rename inside", try_rename_in, PRIV_MODIFY, 0 },
  { "rename to the outside", try_rename_out, PRIV_MODIFY, INSIDE },
  { "rename from the outside", try_rename_into, PRIV_MODIFY, INSIDE },
  { "link to the outside", try_link_out, PRIV_MODIFY, INSIDE },
  { "link from the outside", try_link_into, PRIV_MODIFY, INSIDE },
  { "truncate by name", try_truncate_out, NEVER, 0 },
  { "chmod by name", try_chmod, NEVER, 0 },
  { "chown by name", try_chown, NEVER, 0 },
  { "chmod by descriptor", try_fchmod, PRIV_MODIFY, 0 },
  { "chmod to set-uid", try_fchmod_set_uid, NEVER, 0 },
  { "fsync", try_fsync, PRIV_MODIFY, 0 },
  { "make a directory", try_mkdir, NEVER, 0 },
  { "make a symbolic link", try_symlink, NEVER, 0 },
  { "make a fifo", try_mkfifo, NEVER, 0 },
  { "connect by TCP", try_tcp, PRIV_INET, 0 },
  { "connect by UDP", try_udp, PRIV_INET, 0 },
  { "connect to a Unix socket", try_unix, PRIV_UNIX, 0 },
  { "connect to an abstract Unix socket", try_abstract, PRIV_UNIX, INSIDE },
  { "open a raw socket", try_raw, NEVER, 0 },
  { "ask for own addresses", try_addresses, PRIV_INET, 0 },
  { "open another netlink socket", try_netlink, NEVER, 0 },
  { "open a packet socket", try_packet, NEVER, 0 },
  { "open an SCTP socket", try_sctp, NEVER, 0 },
  { "bind", try_bind, PRIV_BIND, 0 },
  { "bind to any port", try_bind_any, PRIV_BIND, PRIV_INET },
  { "bind to a certain port", try_bind_port, NEVER, 0 },
  { "listen", try_listen, NEVER, 0 },
  { "accept", try_accept, PRIV_ACCEPT, 0 },
  { "set an odd socket option", try_reuseport, NEVER, 0 },
  { "kill a sibling", try_kill_sibling, PRIV_KILL, INSIDE },
  { "signal a sibling by F_SETOWN", try_signal_by_fd, NEVER, 0 },
  { "make a child", makes_child, PRIV_FORK, 0 },
  { "kill a child", kills_child, PRIV_FORK, PRIV_KILL },
  { "make a name space", makes_namespace, NEVER, 0 },
  { "start a program", try_spawn, PRIV_EXEC, PRIV_FORK },
  { "start another program", try_spawn_other, PRIV_EXEC, PRIV_FORK | INSIDE },
  { "become a program", try_exec, PRIV_EXEC, ALONE },
  { "lower a limit", try_lower_limit, PRIV_FORK | PRIV_EXEC, ALONE },
  { "lock itself in further", try_lock_further, PRIV_FORK | PRIV_EXEC, ALONE },
  { "fork, once locked in further", try_undo_lock, NEVER, ALONE },
  { "map executable memory", try_map_anonymous, NEVER, 0 },
  { "map a file executable", try_map_file, PRIV_LIBRARIES, 0 },
  { "map a file executable and writable", try_map_writable, NEVER, 0 },
  { "make memory executable", protects, NEVER, 0 },
};

/* refused whatever the needs; harmless arguments, were they to go through */
static struct raw {
  char const *name;
  long number, a, b, c;
} const raws[] = {
  { "setuid", SYS_setuid, 1, 0, 0 },
  { "setresuid", SYS_setresuid, -1, -1, -1 },
  { "setresgid", SYS_setresgid, -1, -1, -1 },
  { "setgroups", SYS_setgroups, 0, 0, 0 },
  { "capset", SYS_capset, 0, 0, 0 },
  { "mount", SYS_mount, 0, 0, 0 },
  { "umount", SYS_umount2, 0, 0, 0 },
  { "chroot", SYS_chroot, 0, 0, 0 },
  { "unshare", SYS_unshare, CLONE_NEWUSER, 0, 0 },
  { "setns", SYS_setns, -1, 0, 0 },
  { "a thread", SYS_clone, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, 0, 0 },
  { "become dumpable", SYS_prctl, PR_SET_DUMPABLE, 1, 0 },
  { "keep capabilities", SYS_prctl, PR_SET_KEEPCAPS, 1, 0 },
  { "ptrace itself", SYS_ptrace, 0, 0, 0 },
  { "process_vm_readv", SYS_process_vm_readv, 1, 0, 0 },
  { "pidfd_open", 434, 1, 0, 0 },
  { "signal a thread", SYS_tgkill, 1, 1, 0 },
  { "signal with a value", SYS_rt_sigqueueinfo, 1, 0, 0 },
  { "others' limits", SYS_prlimit64, 1, RLIMIT_NOFILE, 0 },
  { "others' processors", SYS_sched_setaffinity, 1, 0, 0 },
  { "others' priority", SYS_setpriority, 0, 1, 0 },
  { "ioctl", SYS_ioctl, 0, 0x5412, 0 },         /* TIOCSTI */
  { "keyctl", SYS_keyctl, 0, -3, 0 },
  { "bpf", SYS_bpf, 0, 0, 0 },
  { "io_uring_setup", 425, 1, 0, 0 },
  { "perf_event_open", SYS_perf_event_open, 0, 0, -1 },
  { "memfd_create", SYS_memfd_create, 0, 0, 0 },
  { "userfaultfd", SYS_userfaultfd, 0, 0, 0 },
  { "init_module", SYS_init_module, 0, 0, 0 },
  { "reboot", SYS_reboot, 0, 0, 0 },
  { "sethostname", SYS_sethostname, 0, 1, 0 },
  { "clock_settime", SYS_clock_settime, 0, 0, 0 },
  { "openat2", 437, 0, 0, 0 },
  { "execveat", SYS_execveat, -1, 0, 0 },
  { "mknodat", SYS_mknodat, -1, 0, 0 },
  { "setxattr", SYS_setxattr, 0, 0, 0 },
  { "name_to_handle_at", SYS_name_to_handle_at, -1, 0, 0 },
  { "inotify_init1", SYS_inotify_init1, 0, 0, 0 },
  { "shmget", SYS_shmget, 0, 0, 0 },
  { "syslog", SYS_syslog, 10, 0, 0 },
  { "an unknown call", 1000, 0, 0, 0 },
};

static struct priv_path paths[] = {
  { "in", PRIV_READ | PRIV_WRITE },
  { "ro", PRIV_READ },
  { 0, PRIV_RUN },
  { "absent", PRIV_READ },
};

#define ALL 0x3ffU
#define COPY 0x1000U    /* of a process that has locked itself in with all needs before */

/* the sets of needs: none, each, typical ones, all but one, all; and what copies keep */
static unsigned int const sets[] = {
  0, PRIV_OPEN, PRIV_MODIFY, PRIV_UNIX, PRIV_INET, PRIV_ACCEPT, PRIV_FORK, PRIV_EXEC, PRIV_KILL, PRIV_DLOPEN,
  PRIV_BIND, PRIV_INET | PRIV_BIND,
  PRIV_OPEN | PRIV_MODIFY, PRIV_OPEN | PRIV_UNIX, PRIV_OPEN | PRIV_INET, PRIV_ACCEPT | PRIV_FORK | PRIV_KILL,
  PRIV_FORK | PRIV_EXEC, 0x3fe, 0x3fd, 0x3fb, 0x3f7, 0x3ef, 0x3df, 0x3bf, 0x37f, 0x2ff, 0x1ff,
  ALL,
  COPY, COPY | PRIV_OPEN, COPY | PRIV_OPEN | PRIV_MODIFY, COPY | PRIV_INET, COPY | PRIV_FORK,
  COPY | PRIV_EXEC | PRIV_FORK, COPY | ALL
};
#define SETS (sizeof sets / sizeof sets[0])
#define ATTEMPTS (sizeof attempts / sizeof attempts[0])
#define RAWS (sizeof raws / sizeof raws[0])
#define NAME(i) ((i) < ATTEMPTS ? attempts[i].name : raws[(i) - ATTEMPTS].name)

/* what came of an attempt */
enum { LOCK_FAILED = -1, REFUSED, THROUGH, KILLED };
static signed char *made;       /* shared with children: what came of a set's attempts, and then of its raws */

static void lock_in(unsigned int needs)
{
  if (needs & COPY && priv_lock(ALL, paths, sizeof paths / sizeof paths[0]) == -1) _exit(LOCK_FAILED & 0xff);
  if (priv_lock(needs & ALL, paths, sizeof paths / sizeof paths[0]) == -1) _exit(LOCK_FAILED & 0xff);
}

static int outcome_of(int result)
{
  if (result != -1) return THROUGH;
  return errno == EPERM || errno == EACCES || errno == EXDEV ? REFUSED : THROUGH;       /* EXDEV: Landlock on links */
}

static int outcome_alone(unsigned int needs, int (*run)(void))
{
  pid_t p = fork();
  int status;

  if (!p) {
    lock_in(needs);
    _exit(outcome_of(run()) == REFUSED);
  }
  if (waitpid(p, &status, 0) == -1 || !WIFEXITED(status)) return KILLED;
  return WEXITSTATUS(status) > 1 ? LOCK_FAILED : WEXITSTATUS(status) ? REFUSED : THROUGH;
}

static void outcomes(unsigned int needs)
{
  size_t i;
  pid_t p;
  int status, last;

  memset(made, KILLED, ATTEMPTS + RAWS);
  p = fork();
  if (!p) {
    lock_in(needs);
    for (i = 0; i < ATTEMPTS; i++)
      if (!(attempts[i].all & ALONE)) made[i] = (signed char)outcome_of(attempts[i].run());
    for (i = 0, last = REFUSED; i < RAWS && last == REFUSED; i++) {       /* after one that goes through none counts */
      last = outcome_of((int)syscall(raws[i].number, raws[i].a, raws[i].b, raws[i].c, 0, 0, 0));
      made[ATTEMPTS + i] = (signed char)last;
    }
    _exit(0);
  }
  if (waitpid(p, &status, 0) != -1 && WIFEXITED(status) && WEXITSTATUS(status))
    memset(made, LOCK_FAILED, ATTEMPTS + RAWS);
  for (i = 0; i < ATTEMPTS; i++)
    if (attempts[i].all & ALONE) made[i] = (signed char)outcome_alone(needs, attempts[i].run);
}

static int expected(unsigned int needs, struct attempt const *a)
{
  unsigned int all = a->all & ~(INSIDE | ALONE);

  if (a->any == NEVER || a->all & INSIDE) return 0;
  return (!a->any || needs & a->any) && (needs & all) == all;
}

static void try_all(void)
{
  static int good[ATTEMPTS + RAWS];
  size_t i, j;

  for (i = 0; i < ATTEMPTS + RAWS; i++) good[i] = 1;
  for (j = 0; j < SETS; j++) {
    outcomes(sets[j]);
    for (i = 0; i < ATTEMPTS + RAWS; i++) {
      int want = i < ATTEMPTS ? expected(sets[j], attempts + i) : REFUSED;
      if (made[i] == want) continue;
      printf("# needs 0x%x: %s: %d, expected %d\n", sets[j], NAME(i), made[i], want);
      good[i] = 0;
    }
  }
  for (i = 0; i < ATTEMPTS + RAWS; i++) check(NAME(i), good[i]);
}

#ifdef __x86_64__
static int other_abi(void)
{
  return (int)syscall(0x40000000 | SYS_getpid);
}

static int old_abi(void)
{
  int r;

  __asm__ volatile ("int $0x80" : "=a"(r) : "a"(20) : "memory", "cc");         /* getpid of 32-bit programs */
  return r;
}
#endif

/* the lock as /proc shows it */
static int is_locked(void)
{
  struct rlimit l;
  char buf[4096], path[64];
  int fd, go[2], status;
  ssize_t len;
  pid_t p;

  if (pipe(go)) return 0;
  p = fork();
  if (!p) {
    close(go[1]);
    _exit(priv_lock(0, 0, 0) == -1 || read(go[0], buf, 1) != 0 || getrlimit(RLIMIT_CORE, &l) || l.rlim_max
          || prctl(PR_GET_DUMPABLE) != -1);
  }
  close(go[0]);
  snprintf(path, sizeof path, "/proc/%d/status", (int)p);
  for (len = 0; len >= 0 && !memmem(buf, (size_t)len, "Seccomp:\t2", 10); usleep(1000)) {
    fd = open(path, O_RDONLY);
    len = read(fd, buf, sizeof buf);
    close(fd);
    if (waitpid(p, &status, WNOHANG) == p) return 0;
  }
  close(go[1]);
  return memmem(buf, (size_t)len, "NoNewPrivs:\t1", 13) && waitpid(p, &status, 0) == p && !status;
}

static int memory_is_bounded(void)
{
  int good = !priv_limits(0, 64 << 20) && !malloc(128 << 20);

  errno = EPERM;
  return good ? 0 : -1;
}

static void prepare(char const *dir)
{
  socklen_t len = sizeof inet;
  int s = socket(AF_UNIX, SOCK_STREAM, 0), t = socket(AF_UNIX, SOCK_STREAM, 0);

  listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  inet.sin_family = AF_INET;
  inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  hidden_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1
               + (size_t)snprintf(hidden.sun_path + 1, sizeof hidden.sun_path - 1, "cell-%d", (int)getpid()));
  program = open(self, O_RDONLY);
  if (chdir(dir) || pipe(pipes) || program == -1 || bind(listener, (struct sockaddr *)&inet, sizeof inet)
      || listen(listener, 500) || getsockname(listener, (struct sockaddr *)&inet, &len)
      || bind(s, (struct sockaddr *)&local, sizeof local) || listen(s, 500)
      || bind(t, (struct sockaddr *)&hidden, hidden_len) || listen(t, 500)) {
    perror("cell");
    exit(111);
  }
  sibling = fork();
  if (!sibling) for (;;) pause();
}

/* how many different calls a need adds to those that all have, and how many those are */
static void count(char const *name, unsigned int need)
{
  size_t i, j;
  int n = 0;

  for (i = 0; i < calls_count; i++) {
    struct call const *c = calls + i;
    if (c->number < 0 || !(need ? c->needs & need : c->needs == CALL_ALL)) continue;
    for (j = 0; j < i; j++)
      if (calls[j].number == c->number && (calls[j].needs == CALL_ALL || calls[j].needs & need)) break;
    n += j == i;
  }
  printf("%s %d\n", name, n);
}

static int count_all(void)
{
  static char const *const names[] = { "all", "PRIV_OPEN", "PRIV_MODIFY", "PRIV_UNIX", "PRIV_INET", "PRIV_ACCEPT",
                                       "PRIV_FORK", "PRIV_EXEC", "PRIV_KILL", "PRIV_DLOPEN", "PRIV_BIND" };
  size_t i;

  for (i = 0; i < sizeof names / sizeof names[0]; i++) count(names[i], i ? 1U << (i - 1) : 0);
  return 0;
}

int main(int argc, char **argv)
{
  if (argc == 1) return 0;
  if (argc == 2) return count_all();
  self = paths[2].path = argv[2];
  made = mmap(0, ATTEMPTS + RAWS, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  prepare(argv[1]);
  if (made == MAP_FAILED) return 111;
  try_all();
  check("the lock shows in /proc", is_locked());
  check("memory is bounded", outcome_alone(PRIV_FORK, memory_is_bounded) == THROUGH);
#ifdef __x86_64__
  check("x32 calls kill", outcome_alone(0, other_abi) == KILLED);
  check("32-bit calls kill", outcome_alone(0, old_abi) == KILLED);
#endif
  kill(sibling, SIGKILL);
  return unit_end();
}
