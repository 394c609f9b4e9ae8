/*
 * poke.c - makes a living process try system calls, and tells what the kernel answered
 *
 *      poke PID ATTEMPT...
 *      poke start PROGRAM [ARG...]
 *
 * An attempt is two arguments: open PATH, write PATH, list PATH, create PATH, remove PATH, connect-inet PORT, bind PORT,
 * connect-unix PATH, kill TARGET, trace TARGET. Prints for each "done", or the name of the error. The call is made by the process itself, with its own rights and filters:
 * its registers are saved, one `syscall` instruction of its own code is stepped over, the registers come back, and
 * a call that was interrupted goes on. `start` runs a program up to the moment when it has its seccomp filter,
 * leaves it stopped and prints its number. For root, on x86-64; elsewhere it exits 2.
 */

#include <stdio.h>

#ifndef __x86_64__

int main(void)
{
  fprintf(stderr, "poke: only for x86-64\n");
  return 2;
}

#else

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define RED_ZONE 128            /* below the stack pointer: may be in use (System V ABI of x86-64, 3.2.2) */
#define SCRATCH 1024

static pid_t pid;
static int memory;
static struct user_regs_struct saved;
static uint64_t instruction, scratch;
static int pending;             /* a signal that came in between, for the process */

static void die(char const *what)
{
  perror(what);
  exit(111);
}

/* waits for a stop that is ours; other signals are kept for later */
static void stop_of(int event)
{
  int status;

  for (;;) {
    if (waitpid(pid, &status, __WALL) == -1) die("waitpid");
    if (!WIFSTOPPED(status)) {
      fprintf(stderr, "poke: %d is gone\n", (int)pid);
      exit(111);
    }
    if (status >> 16 == PTRACE_EVENT_STOP && event) return;
    if (WSTOPSIG(status) == SIGTRAP && status >> 16 == 0 && !event) return;
    if (status >> 16 == 0) pending = WSTOPSIG(status);
    if (ptrace(event ? PTRACE_CONT : PTRACE_SINGLESTEP, pid, 0, 0) == -1) die("ptrace");
  }
}

/* 0f 05 in the executable part of its program */
static uint64_t find_instruction(void)
{
  static unsigned char code[1 << 20];
  char path[64], line[512], rights[8];
  uint64_t from, to;
  FILE *maps;

  snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
  maps = fopen(path, "r");
  if (!maps) die(path);
  while (fgets(line, sizeof line, maps)) {
    ssize_t len, i;
    if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) != 3 || rights[2] != 'x') continue;
    len = pread(memory, code, to - from < sizeof code ? to - from : sizeof code, (off_t)from);
    for (i = 0; i + 1 < len; i++)
      if (code[i] == 0x0f && code[i + 1] == 0x05) {
        fclose(maps);
        return from + (uint64_t)i;
      }
  }
  fprintf(stderr, "poke: no syscall instruction in %d\n", (int)pid);
  exit(111);
}

static void attach(void)
{
  char path[64];

  if (ptrace(PTRACE_SEIZE, pid, 0, 0) == -1 || ptrace(PTRACE_INTERRUPT, pid, 0, 0) == -1) die("ptrace");
  stop_of(1);
  snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
  memory = open(path, O_RDWR | O_CLOEXEC);
  if (memory == -1) die(path);
  if (ptrace(PTRACE_GETREGS, pid, 0, &saved) == -1) die("ptrace");
  instruction = find_instruction();
  scratch = (saved.rsp - RED_ZONE - SCRATCH) & ~15UL;
}

/* With the old registers, the interrupted call's number and "restart" among them, the kernel restarts that call. */
static void detach(void)
{
  if (ptrace(PTRACE_SETREGS, pid, 0, &saved) == -1 || ptrace(PTRACE_DETACH, pid, 0, (long)pending) == -1) die("ptrace");
}

static long inject(long number, long a, long b, long c)
{
  struct user_regs_struct r = saved;

  r.orig_rax = (unsigned long)-1;       /* no restart of what was interrupted, now */
  r.rip = instruction;
  r.rax = (unsigned long)number;
  r.rdi = (unsigned long)a;
  r.rsi = (unsigned long)b;
  r.rdx = (unsigned long)c;
  r.r10 = 0;
  if (ptrace(PTRACE_SETREGS, pid, 0, &r) == -1 || ptrace(PTRACE_SINGLESTEP, pid, 0, 0) == -1) die("ptrace");
  stop_of(0);
  if (ptrace(PTRACE_GETREGS, pid, 0, &r) == -1) die("ptrace");
  return (long)r.rax;
}

static long place(void const *p, size_t len)
{
  if (len > SCRATCH || pwrite(memory, p, len, (off_t)scratch) != (ssize_t)len) die("place");
  return (long)scratch;
}

static long connects(int family, void const *address, size_t len)
{
  long r, fd = inject(SYS_socket, family, SOCK_STREAM | SOCK_NONBLOCK, 0);

  if (fd < 0) return fd;
  r = inject(SYS_connect, fd, place(address, len), (long)len);
  inject(SYS_close, fd, 0, 0);
  return r == -EINPROGRESS ? 0 : r;
}

static struct { char const *what; int flags; } const opens[] = {
  { "open", O_RDONLY }, { "write", O_WRONLY }, { "list", O_RDONLY | O_DIRECTORY },
  { "create", O_WRONLY | O_CREAT | O_EXCL }
};

static long attempt(char const *what, char const *arg)
{
  struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
  struct sockaddr_un un = { .sun_family = AF_UNIX };
  size_t i;
  long r;

  for (i = 0; i < sizeof opens / sizeof *opens; i++) {
    if (strcmp(what, opens[i].what)) continue;
    r = inject(SYS_openat, AT_FDCWD, place(arg, strlen(arg) + 1), opens[i].flags);
    if (r >= 0) inject(SYS_close, r, 0, 0);
    return r;
  }
  if (!strcmp(what, "remove")) return inject(SYS_unlink, place(arg, strlen(arg) + 1), 0, 0);
  if (!strcmp(what, "connect-inet")) {
    in.sin_port = htons((uint16_t)atoi(arg));
    return connects(AF_INET, &in, sizeof in);
  }
  if (!strcmp(what, "bind")) {
    long fd = inject(SYS_socket, AF_INET, SOCK_STREAM, 0);
    if (fd < 0) return fd;
    in.sin_port = htons((uint16_t)atoi(arg));
    r = inject(SYS_bind, fd, place(&in, sizeof in), (long)sizeof in);
    inject(SYS_close, fd, 0, 0);
    return r;
  }
  if (!strcmp(what, "connect-unix")) {
    snprintf(un.sun_path, sizeof un.sun_path, "%s", arg);
    return connects(AF_UNIX, &un, sizeof un);
  }
  if (!strcmp(what, "kill")) return inject(SYS_kill, atol(arg), 0, 0);
  if (!strcmp(what, "trace")) {
    r = inject(SYS_ptrace, PTRACE_SEIZE, atol(arg), 0);
    if (r < 0 || inject(SYS_ptrace, PTRACE_INTERRUPT, atol(arg), 0) < 0) return r;
    for (i = 0; i < 6000 && inject(SYS_ptrace, PTRACE_DETACH, atol(arg), 0) < 0; i++) usleep(10000);  /* it has to stop first */
    return r;
  }
  fprintf(stderr, "poke: what is %s?\n", what);
  exit(100);
}

/* Until the return of a successful seccomp(2), which is the last step of priv_lock. */
static int start(char **argv)
{
  struct __ptrace_syscall_info i;
  int status, asked = 0;

  pid = fork();
  if (!pid) {
    int null = open("/dev/null", O_RDWR);
    if (dup2(null, 0) == -1 || dup2(null, 1) == -1 || dup2(null, 2) == -1) _exit(111);  /* our caller's pipes end */
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    execv(*argv, argv);
    _exit(111);
  }
  if (waitpid(pid, &status, 0) == -1 || !WIFSTOPPED(status)) die("start");
  ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD);
  while (!ptrace(PTRACE_SYSCALL, pid, 0, 0) && waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
    if (WSTOPSIG(status) != (SIGTRAP | 0x80)) continue;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof i, &i) == -1) die("ptrace");
    if (i.op == PTRACE_SYSCALL_INFO_ENTRY) asked = i.entry.nr == SYS_seccomp;
    else if (asked && i.op == PTRACE_SYSCALL_INFO_EXIT && !i.exit.is_error) {
      if (ptrace(PTRACE_DETACH, pid, 0, SIGSTOP) == -1) die("ptrace");
      printf("%d\n", (int)pid);
      return 0;
    }
  }
  fprintf(stderr, "poke: %s ended without a filter\n", *argv);
  return 1;
}

int main(int argc, char **argv)
{
  int i;

  if (argc > 2 && !strcmp(argv[1], "start")) return start(argv + 2);
  if (argc < 4 || argc % 2) return 100;
  pid = (pid_t)atol(argv[1]);
  attach();
  for (i = 2; i < argc; i += 2) {
    long r = attempt(argv[i], argv[i + 1]);
    printf("%s\n", r < 0 ? strerrorname_np((int)-r) : "done");
  }
  detach();
  return 0;
}

#endif
