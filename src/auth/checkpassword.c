/* checkpassword.c - see checkpassword.h */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "auth/checkpassword.h"
#include "auth/prep.h"
#include "door/auth.h"
#include "lib/conf/conf.h"
#include "lib/conf/login.h"
#include "lib/io/ended.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/packet.h"
#include "lib/io/spawn.h"
#include "lib/io/wake.h"

#define PROGRAM_FD 3
#define PROGRAM_BYTES 512       /* that such a program reads, at most */
#define NO_EXEC 111
#define GRACE 5                 /* seconds that the starter may take longer than its program */

struct question {
  char ip[AUTH_IP_MAX + 1];
  char login[AUTH_LOGIN_MAX + 1];
  char password[PASSWORD_MAX + 1];
};

/* --- the starter, and its copies */

static char line[BACKEND_LINE_MAX];
static char *words[BACKEND_WORDS_MAX + 1];

static void take_words(char const *program)
{
  unsigned int n = 0;
  char *s;

  snprintf(line, sizeof line, "%s", program);
  for (s = line; *s && n < BACKEND_WORDS_MAX; ) {
    words[n++] = s;
    s += strcspn(s, " \t");
    while (*s == ' ' || *s == '\t') *s++ = 0;
  }
}

static _Noreturn void become(char const *ip)
{
  char from[sizeof "TCPREMOTEIP=" + AUTH_IP_MAX];
  char *env[] = { "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "PROTO=TCP", from, 0 };

  snprintf(from, sizeof from, "TCPREMOTEIP=%s", ip);
  if (chdir("/") == -1) _exit(NO_EXEC);
  execve(words[0], words, env);
  log_die(NO_EXEC, "cannot run ", words[0]);
}

/* The program, with what it is to read in a pipe that has room for all of it. Its number, or -1 with errno. */
static pid_t start(struct question const *q)
{
  char text[PROGRAM_BYTES];
  size_t n = strlen(q->login) + 1, len = n + strlen(q->password) + 2;
  int p[1][2], null = open("/dev/null", O_RDONLY | O_CLOEXEC), r = -1;
  pid_t pid = -1;

  memcpy(text, q->login, n);
  memcpy(text + n, q->password, len - n - 1);
  text[len - 1] = 0;            /* nothing for the time */
  if (null != -1 && spawn_pipes(p, 1) == 0) {
    r = io_write(p[0][1], text, len);
    close(p[0][1]);
    if (r == 0) pid = spawn_program((int const []){ null, 2, 2, p[0][0] }, PROGRAM_FD + 1, SPAWN_GROUP, NO_EXEC);
    if (!pid) become(q->ip);
    io_close_keep(p[0][0]);
  }
  explicit_bzero(text, sizeof text);
  io_close_keep(null);
  return pid;
}

static int has_ended(pid_t pid)
{
  siginfo_t i = { .si_pid = 0 };

  return waitid(P_PID, (id_t)pid, &i, WEXITED | WNOHANG | WNOWAIT) == 0 && i.si_pid == pid;
}

/* Waits for the end, the time, or who asked to be gone. 1 when it has ended by itself. */
static int watch(pid_t pid, int sock, long long deadline)
{
  struct pollfd p[1 + WAKE_OWN] = { { .fd = sock } };

  while (!has_ended(pid)) {
    if (io_clock() >= deadline || p[0].revents) return 0;
    wake_poll(p, 1, deadline);
  }
  return 1;
}

static enum verdict judge(int by_itself, int status)
{
  if (by_itself && WIFEXITED(status) && WEXITSTATUS(status) < 2)
    return WEXITSTATUS(status) ? VERDICT_WRONG : VERDICT_RIGHT;
  log_start();
  log_text("error: ");
  log_string(words[0]);
  if (!by_itself) log_text(" took too long");
  else ended_how(status);
  log_end();
  return VERDICT_LATER;
}

static enum verdict run(struct question const *q, int sock, unsigned int seconds)
{
  pid_t pid = start(q);
  int by_itself, status;

  if (pid == -1) {
    log_sys("error: cannot start ", words[0]);
    return VERDICT_LATER;
  }
  by_itself = watch(pid, sock, io_clock() + seconds * 1000LL);
  kill(-pid, SIGKILL);          /* not yet collected, so the group is its own */
  kill(pid, SIGKILL);
  while (waitpid(pid, &status, 0) == -1 && errno == EINTR);
  return judge(by_itself, status);
}

/* one password, from a process of mail-authd's */
static _Noreturn void copy(int sock, unsigned int seconds)
{
  static struct question q;
  enum verdict v;

  wake_signals((int const []){ SIGCHLD, 0 });
  if (packet_recv(sock, (char *)&q, sizeof q, 0) != sizeof q || !memchr(q.ip, 0, sizeof q.ip)
      || !memchr(q.login, 0, sizeof q.login) || !memchr(q.password, 0, sizeof q.password)
      || strlen(q.login) + strlen(q.password) + 3 > PROGRAM_BYTES) _exit(0);
  v = run(&q, sock, seconds);
  packet_send(sock, (char const *)&v, sizeof v, -1);
  _exit(0);
}

static _Noreturn void starter(int sock, unsigned int seconds)
{
  char none;
  int fd;
  ssize_t r;

  signal(SIGCHLD, SIG_IGN);     /* copies are collected by the kernel */
  while ((r = packet_recv(sock, &none, sizeof none, &fd)) > 0) {
    pid_t pid = fd == -1 ? -1 : fork();
    if (!pid) {
      close(sock);
      copy(fd, seconds);
    }
    if (pid == -1) log_sys("error: cannot fork for ", words[0]);
    io_close_keep(fd);
  }
  _exit(0);
}

int checkpassword_start(char const *program, unsigned int seconds)
{
  int sock;
  pid_t pid;

  take_words(program);
  pid = spawn_copy(&sock, 0, 0);
  if (pid == -1) return -1;
  if (pid) return sock;
  io_close_keep(0);             /* mail-start's lifeline: the end of the socket tells of the end */
  /* the program is of the same user: it shall not look into it */
  if (open("/dev/null", O_RDONLY) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1) _exit(NO_EXEC);
  starter(sock, seconds);
}

/* --- who asks */

int checkpassword_socket(int from)
{
  int pair[2], e;

  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1) return -1;
  e = packet_send(from, "", 1, pair[1]) == -1 ? errno : 0;
  close(pair[1]);
  if (!e) return pair[0];
  close(pair[0]);
  errno = e;
  return -1;
}

enum verdict checkpassword_ask(int sock, char const *ip, char const *login, char const *password,
                               unsigned int seconds)
{
  static struct question q;
  enum verdict v = VERDICT_LATER;
  int sent;

  if (strlen(login) + strlen(password) + 3 > PROGRAM_BYTES) return VERDICT_WRONG;
  snprintf(q.ip, sizeof q.ip, "%s", ip);
  snprintf(q.login, sizeof q.login, "%s", login);
  snprintf(q.password, sizeof q.password, "%s", password);
  sent = packet_send(sock, (char const *)&q, sizeof q, -1) == 0;
  explicit_bzero(&q, sizeof q);
  if (sent && io_wait(sock, POLLIN, (int)(seconds + GRACE) * 1000) == 1
      && packet_recv(sock, (char *)&v, sizeof v, 0) == sizeof v && (v == VERDICT_RIGHT || v == VERDICT_WRONG)) return v;
  log_line("error: no answer about a password from the program in control/authbackend");
  return VERDICT_LATER;
}
