/* calls.c - see calls.h. One row a call, with the reason where the name does not tell it */

#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "lib/priv/calls.h"
#include "lib/priv/steps.h"

/* Calls that newer machines do without, and calls that older headers do not name yet. */
#ifndef __x86_64__
enum {
  SYS_access = -1, SYS_alarm = -1, SYS_arch_prctl = -1, SYS_dup2 = -1, SYS_epoll_create = -1, SYS_epoll_wait = -1,
  SYS_fork = -1, SYS_getdents = -1, SYS_link = -1, SYS_lstat = -1, SYS_open = -1, SYS_pause = -1, SYS_pipe = -1,
  SYS_poll = -1, SYS_readlink = -1, SYS_rename = -1, SYS_select = -1, SYS_stat = -1, SYS_time = -1,
  SYS_unlink = -1, SYS_vfork = -1
};
#endif
#ifndef SYS_newfstatat
#define SYS_newfstatat SYS_fstatat
#endif
#ifndef SYS_renameat
#define SYS_renameat (-1)
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_faccessat2
#define SYS_faccessat2 439
#endif
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

#define ARG(n, m, v) { CALL_EQUAL, n, m, (unsigned int)(v) }
#define WHOLE 0xffffffffU
#define IS(n, v) ARG(n, WHOLE, v)
#define TYPE(n, v) ARG(n, 0xfU, v)      /* SOCK_CLOEXEC and SOCK_NONBLOCK are free */

/* open() that can only read: O_TMPFILE needs a writing mode. musl's O_ACCMODE has O_PATH in it, which a copy that locks
   itself in further needs, and which gives nothing. */
#define READS(n) ARG(n, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, O_RDONLY)
#define PLAIN_MODE(n) ARG(n, 07000, 0)  /* nothing here makes set-uid files */
/* fork, vfork and posix_spawn, but neither threads nor name spaces */
#define FORKING (CSIGNAL | CLONE_VM | CLONE_VFORK | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID)
#define COPIES(n) ARG(n, ~(unsigned int)FORKING, 0)

#define READS_FILES (PRIV_OPEN | PRIV_DLOPEN | PRIV_EXEC)
#define LOCKS_FURTHER (PRIV_FORK | PRIV_EXEC)
#define SEES_FILES (READS_FILES | PRIV_MODIFY)

struct call const calls[] = {
  /* what it was given: reading, writing, waiting */
  { SYS_read, CALL_ALL, {{0}} },
  { SYS_readv, CALL_ALL, {{0}} },
  { SYS_pread64, CALL_ALL, {{0}} },
  { SYS_write, CALL_ALL, {{0}} },
  { SYS_writev, CALL_ALL, {{0}} },
  { SYS_pwrite64, CALL_ALL, {{0}} },
  { SYS_lseek, CALL_ALL, {{0}} },
  { SYS_close, CALL_ALL, {{0}} },
  { SYS_close_range, CALL_ALL, {{0}} },
  { SYS_dup, CALL_ALL, {{0}} },
  { SYS_dup2, CALL_ALL, {{0}} },
  { SYS_dup3, CALL_ALL, {{0}} },
  { SYS_pipe, CALL_ALL, {{0}} },                                /* pipes to children */
  { SYS_pipe2, CALL_ALL, {{0}} },
  { SYS_fstat, CALL_ALL, {{0}} },
#ifdef __GLIBC__
  { SYS_newfstatat, CALL_ALL, { IS(3, AT_EMPTY_PATH) } },       /* how glibc makes fstat */
#endif
  { SYS_poll, CALL_ALL, {{0}} },
  { SYS_ppoll, CALL_ALL, {{0}} },
  { SYS_select, CALL_ALL, {{0}} },
  { SYS_pselect6, CALL_ALL, {{0}} },
  { SYS_fcntl, CALL_ALL, { IS(1, F_DUPFD) } },                  /* not F_SETOWN: that sends signals */
  { SYS_fcntl, CALL_ALL, { IS(1, F_DUPFD_CLOEXEC) } },
  { SYS_fcntl, CALL_ALL, { IS(1, F_GETFD) } },
  { SYS_fcntl, CALL_ALL, { IS(1, F_SETFD) } },
  { SYS_fcntl, CALL_ALL, { IS(1, F_GETFL) } },
  { SYS_fcntl, CALL_ALL, { ARG(1, WHOLE, F_SETFL), ARG(2, O_ASYNC, 0) } },
  { SYS_fcntl, CALL_ALL, { IS(1, F_GETLK) } },
  { SYS_fcntl, CALL_ALL, { IS(1, F_SETLK) } },
  { SYS_fcntl, CALL_ALL, { IS(1, F_SETLKW) } },
  { SYS_fcntl, CALL_ALL, { IS(1, F_OFD_SETLK) } },
  { SYS_fcntl, CALL_ALL, { IS(1, F_OFD_SETLKW) } },
  { SYS_flock, CALL_ALL, {{0}} },
  { SYS_recvfrom, CALL_ALL, {{0}} },
  { SYS_recvmsg, CALL_ALL, {{0}} },
  { SYS_sendto, CALL_ALL, {{0}} },
  { SYS_sendmsg, CALL_ALL, {{0}} },
  { SYS_shutdown, CALL_ALL, {{0}} },
  { SYS_getsockname, CALL_ALL, {{0}} },
  { SYS_getpeername, CALL_ALL, {{0}} },
  { SYS_getsockopt, CALL_ALL, {{0}} },
  { SYS_setsockopt, CALL_ALL, { IS(1, SOL_SOCKET), IS(2, SO_RCVTIMEO) } },
  { SYS_setsockopt, CALL_ALL, { IS(1, SOL_SOCKET), IS(2, SO_SNDTIMEO) } },
  { SYS_setsockopt, CALL_ALL, { IS(1, SOL_SOCKET), IS(2, SO_RCVBUF) } },
  { SYS_setsockopt, CALL_ALL, { IS(1, SOL_SOCKET), IS(2, SO_SNDBUF) } },
  { SYS_setsockopt, CALL_ALL, { IS(1, SOL_SOCKET), IS(2, SO_KEEPALIVE) } },
  { SYS_setsockopt, CALL_ALL, { IS(1, SOL_SOCKET), IS(2, SO_LINGER) } },
  { SYS_setsockopt, CALL_ALL, { IS(1, IPPROTO_TCP), IS(2, TCP_NODELAY) } },
  { SYS_setsockopt, CALL_ALL, { IS(1, IPPROTO_TCP), IS(2, TCP_CORK) } },
  { SYS_setsockopt, CALL_ALL, { IS(1, IPPROTO_TCP), IS(2, TCP_USER_TIMEOUT) } },

  /* memory of its own, never executable */
  { SYS_brk, CALL_ALL, {{0}} },
  { SYS_mmap, CALL_ALL, { ARG(2, PROT_EXEC, 0) } },
  { SYS_mprotect, CALL_ALL, { ARG(2, PROT_EXEC, 0) } },
  { SYS_munmap, CALL_ALL, {{0}} },
  { SYS_mremap, CALL_ALL, {{0}} },
  { SYS_madvise, CALL_ALL, {{0}} },
  { SYS_futex, CALL_ALL, {{0}} },                               /* libc's locks */

  /* time and signals that come in */
  { SYS_clock_gettime, CALL_ALL, {{0}} },
  { SYS_clock_nanosleep, CALL_ALL, {{0}} },
  { SYS_nanosleep, CALL_ALL, {{0}} },
  { SYS_gettimeofday, CALL_ALL, {{0}} },
  { SYS_time, CALL_ALL, {{0}} },
  { SYS_alarm, CALL_ALL, {{0}} },
  { SYS_setitimer, CALL_ALL, {{0}} },                           /* how musl makes alarm */
  { SYS_pause, CALL_ALL, {{0}} },
  { SYS_restart_syscall, CALL_ALL, {{0}} },                     /* the kernel's own, after SIGCONT */
  { SYS_rt_sigaction, CALL_ALL, {{0}} },
  { SYS_rt_sigprocmask, CALL_ALL, {{0}} },
  { SYS_rt_sigpending, CALL_ALL, {{0}} },
  { SYS_rt_sigsuspend, CALL_ALL, {{0}} },
  { SYS_rt_sigtimedwait, CALL_ALL, {{0}} },
  { SYS_rt_sigreturn, CALL_ALL, {{0}} },

  /* who and where it is, and its end */
  { SYS_getpid, CALL_ALL, {{0}} },
  { SYS_getppid, CALL_ALL, {{0}} },
  { SYS_gettid, CALL_ALL, {{0}} },
  { SYS_getuid, CALL_ALL, {{0}} },
  { SYS_geteuid, CALL_ALL, {{0}} },
  { SYS_getresuid, CALL_ALL, {{0}} },
  { SYS_getgid, CALL_ALL, {{0}} },
  { SYS_getegid, CALL_ALL, {{0}} },
  { SYS_getresgid, CALL_ALL, {{0}} },
  { SYS_getrandom, CALL_ALL, {{0}} },
  { SYS_getrusage, CALL_ALL, {{0}} },
  { SYS_prlimit64, CALL_ALL, { IS(0, 0), { CALL_NULL, 2, 0, 0 } } },    /* ask about its own limits */
  { SYS_sysinfo, CALL_ALL, {{0}} },                             /* glibc's qsort sizes its memory by it */
  { SYS_uname, CALL_ALL, {{0}} },
  { SYS_umask, CALL_ALL, {{0}} },
  { SYS_exit, CALL_ALL, {{0}} },
  { SYS_exit_group, CALL_ALL, {{0}} },

  /* files by name: Landlock says which */
  { SYS_open, READS_FILES, { READS(1) } },
  { SYS_openat, READS_FILES, { READS(2) } },
  { SYS_open, PRIV_MODIFY, { PLAIN_MODE(2) } },
  { SYS_openat, PRIV_MODIFY, { PLAIN_MODE(3) } },
  { SYS_stat, SEES_FILES, {{0}} },
  { SYS_lstat, SEES_FILES, {{0}} },
  { SYS_newfstatat, SEES_FILES, {{0}} },
  { SYS_statx, SEES_FILES, {{0}} },
  { SYS_access, SEES_FILES, {{0}} },
  { SYS_faccessat, SEES_FILES, {{0}} },
  { SYS_faccessat2, SEES_FILES, {{0}} },
  { SYS_readlink, SEES_FILES, {{0}} },
  { SYS_readlinkat, SEES_FILES, {{0}} },
  { SYS_getdents, SEES_FILES, {{0}} },
  { SYS_getdents64, SEES_FILES, {{0}} },
  { SYS_statfs, SEES_FILES, {{0}} },                            /* how full the disk is */
  { SYS_fstatfs, SEES_FILES, {{0}} },
  { SYS_getcwd, SEES_FILES, {{0}} },
  { SYS_chdir, SEES_FILES, {{0}} },
  { SYS_fchdir, SEES_FILES, {{0}} },
  { SYS_fadvise64, SEES_FILES, {{0}} },

  /* changing them */
  { SYS_unlink, PRIV_MODIFY, {{0}} },
  { SYS_unlinkat, PRIV_MODIFY, {{0}} },
  { SYS_rename, PRIV_MODIFY, {{0}} },
  { SYS_renameat, PRIV_MODIFY, {{0}} },
  { SYS_renameat2, PRIV_MODIFY, {{0}} },
  { SYS_link, PRIV_MODIFY, {{0}} },
  { SYS_linkat, PRIV_MODIFY, {{0}} },
  { SYS_fsync, PRIV_MODIFY, {{0}} },
  { SYS_fdatasync, PRIV_MODIFY, {{0}} },
  { SYS_sync_file_range, PRIV_MODIFY, {{0}} },
  { SYS_fallocate, PRIV_MODIFY, {{0}} },
  { SYS_ftruncate, PRIV_MODIFY, {{0}} },
  { SYS_fchmod, PRIV_MODIFY, { PLAIN_MODE(1) } },               /* by descriptor only: Landlock does not watch it */
  { SYS_fchown, PRIV_MODIFY, {{0}} },
  { SYS_utimensat, PRIV_MODIFY, { { CALL_NULL, 1, 0, 0 } } },   /* futimens */

  /* neighbours */
  { SYS_socket, PRIV_UNIX, { IS(0, AF_UNIX) } },
  { SYS_socket, PRIV_INET, { IS(0, AF_INET), TYPE(1, SOCK_STREAM), IS(2, 0) } },
  { SYS_socket, PRIV_INET, { IS(0, AF_INET), TYPE(1, SOCK_STREAM), IS(2, IPPROTO_TCP) } },
  { SYS_socket, PRIV_INET, { IS(0, AF_INET), TYPE(1, SOCK_DGRAM), IS(2, 0) } },
  { SYS_socket, PRIV_INET, { IS(0, AF_INET), TYPE(1, SOCK_DGRAM), IS(2, IPPROTO_UDP) } },
  { SYS_socket, PRIV_INET, { IS(0, AF_INET6), TYPE(1, SOCK_STREAM), IS(2, 0) } },
  { SYS_socket, PRIV_INET, { IS(0, AF_INET6), TYPE(1, SOCK_STREAM), IS(2, IPPROTO_TCP) } },
  { SYS_socket, PRIV_INET, { IS(0, AF_INET6), TYPE(1, SOCK_DGRAM), IS(2, 0) } },
  { SYS_socket, PRIV_INET, { IS(0, AF_INET6), TYPE(1, SOCK_DGRAM), IS(2, IPPROTO_UDP) } },
  { SYS_socket, PRIV_INET, { IS(0, AF_NETLINK), TYPE(1, SOCK_RAW), IS(2, NETLINK_ROUTE) } },   /* own addresses */
  { SYS_connect, PRIV_UNIX | PRIV_INET, {{0}} },
  { SYS_bind, PRIV_BIND, {{0}} },                               /* of a socket that then connects: nobody may listen */
  { SYS_accept, PRIV_ACCEPT, {{0}} },
  { SYS_accept4, PRIV_ACCEPT, {{0}} },

  /* children */
  { SYS_fork, PRIV_FORK, {{0}} },
  { SYS_vfork, PRIV_FORK, {{0}} },
  { SYS_clone, PRIV_FORK, { COPIES(0) } },
  { SYS_wait4, PRIV_FORK, {{0}} },
  { SYS_waitid, PRIV_FORK, {{0}} },
  { SYS_socketpair, PRIV_FORK, { IS(0, AF_UNIX) } },
  { SYS_set_robust_list, PRIV_FORK | PRIV_EXEC, {{0}} },        /* glibc's child */
  { SYS_setsid, PRIV_FORK, {{0}} },
  { SYS_kill, PRIV_KILL, {{0}} },                               /* its own: Landlock's signal scope */

  /* children that lock themselves in further */
  { SYS_prlimit64, LOCKS_FURTHER, { IS(0, 0) } },
  { SYS_prctl, LOCKS_FURTHER, { IS(0, PR_SET_NO_NEW_PRIVS) } },
  { SYS_prctl, LOCKS_FURTHER, { IS(0, PR_SET_DUMPABLE), IS(1, 0) } },
  { SYS_landlock_create_ruleset, LOCKS_FURTHER, {{0}} },
  { SYS_landlock_add_rule, LOCKS_FURTHER, {{0}} },
  { SYS_landlock_restrict_self, LOCKS_FURTHER, {{0}} },
  { SYS_seccomp, LOCKS_FURTHER, {{0}} },

  /* programs, and what libc does before main */
  { SYS_execve, PRIV_EXEC, {{0}} },
  { SYS_mmap, PRIV_LIBRARIES, { ARG(2, PROT_EXEC | PROT_WRITE, PROT_EXEC), ARG(3, MAP_ANONYMOUS, 0) } },
  { SYS_arch_prctl, PRIV_EXEC, {{0}} },
  { SYS_set_tid_address, PRIV_EXEC, {{0}} },
  { SYS_rseq, PRIV_EXEC, {{0}} },

  /* name service modules, which do as they like within this */
  { SYS_epoll_create, PRIV_DLOPEN, {{0}} },
  { SYS_epoll_create1, PRIV_DLOPEN, {{0}} },
  { SYS_epoll_ctl, PRIV_DLOPEN, {{0}} },
  { SYS_epoll_wait, PRIV_DLOPEN, {{0}} },
  { SYS_epoll_pwait, PRIV_DLOPEN, {{0}} },
  { SYS_eventfd2, PRIV_DLOPEN, {{0}} },
  { SYS_timerfd_create, PRIV_DLOPEN, {{0}} },
  { SYS_timerfd_settime, PRIV_DLOPEN, {{0}} },
};

_Static_assert(sizeof calls / sizeof calls[0] <= CALLS_MAX, "a filter can name all rows");
size_t const calls_count = sizeof calls / sizeof calls[0];
