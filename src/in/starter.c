/* starter.c - see starter.h */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "in/attendant.h"
#include "in/fronted.h"
#include "in/starter.h"
#include "lib/io/io.h"
#include "lib/io/packet.h"
#include "lib/io/spawn.h"
#include "lib/io/wake.h"
#include "lib/priv/priv.h"

#define START_MS 30000          /* for a program to be started: a busy machine may take long */
#define GRACE 5                 /* seconds that programs have to end by themselves when their session is gone */
#define HEAD 3                  /* bytes before the words of a result */
#define FILES_MAX 32            /* of the starter's own; its programs have those that the session was started with */
#define MEMORY_MAX 67108864     /* bytes */

/* --- the starter's own side */

static struct queueprog queue = { .pid = -1 };
static pid_t check = -1;

static void send_result(int sock, int status)
{
  char s[HEAD + QUEUEPROG_TEXT_MAX + 1] = "R";
  int own, code = queueprog_result(&queue, status, s + HEAD, &own);

  if (!code) snprintf(s + HEAD, sizeof s - HEAD, "%d", (int)queue.pid);
  s[1] = (char)code;
  s[2] = (char)own;
  packet_send(sock, s, HEAD + strlen(s + HEAD), -1);
  close(queue.words);
  queue.pid = -1;
}

static void reap(int sock)
{
  int status;
  pid_t pid;

  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
    if (pid == queue.pid) send_result(sock, status);
    if (pid == check) check = -1;
  }
}

static void refuse(int sock)
{
  packet_send(sock, "X", 1, -1);
}

static void start_queue(int sock, char const *program)
{
  if (!program || queue.pid != -1 || queueprog_start(&queue, program, 1) == -1) {
    refuse(sock);
    return;
  }
  io_nonblock(queue.message);
  io_nonblock(queue.envelope);
  packet_send(sock, "M", 1, queue.message);
  packet_send(sock, "E", 1, queue.envelope);
  close(queue.message);
  close(queue.envelope);
}

static void end_check(void)
{
  if (check == -1) return;
  kill(-check, SIGKILL);
  while (waitpid(check, 0, 0) == -1 && errno == EINTR);
  check = -1;
}

static void start_check(int sock, char const *program)
{
  int pipes[2][2];

  end_check();
  if (!program || spawn_pipes(pipes, 2) == -1) {
    refuse(sock);
    return;
  }
  check = spawn_program((int const []){ pipes[0][0], pipes[1][1] }, 2, SPAWN_GROUP, QUEUEPROG_NO_EXEC);
  if (!check) queueprog_become(program);
  if (check == -1) refuse(sock);
  else {
    io_nonblock(pipes[0][1]);
    packet_send(sock, "I", 1, pipes[0][1]);
    packet_send(sock, "O", 1, pipes[1][0]);
  }
  spawn_close(pipes, 2);
}

/* the session is gone */
static _Noreturn void finish(int sock)
{
  long long end = io_clock() + GRACE * 1000;
  struct pollfd nothing[WAKE_OWN];

  for (reap(sock); (queue.pid != -1 || check != -1) && io_clock() < end; reap(sock)) wake_poll(nothing, 0, end);
  if (queue.pid != -1) kill(-queue.pid, SIGKILL);
  if (check != -1) kill(-check, SIGKILL);
  _exit(0);
}

static void set_number(char const *name, unsigned int n)
{
  char text[16];

  snprintf(text, sizeof text, "%u", n);
  setenv(name, text, 1);
}

/* The programs' environment is about the client, not the front end. */
static int take_client(char const *s, size_t len)
{
  struct proxy client;

  if (!fronted_unpack(&client, s, len)) return 0;
  setenv("TCPREMOTEIP", client.ip, 1);
  setenv("TCPLOCALIP", client.local_ip, 1);
  set_number("TCPREMOTEPORT", client.port);
  set_number("TCPLOCALPORT", client.local_port);
  unsetenv("TCPREMOTEHOST");
  unsetenv("TCPREMOTEINFO");
  unsetenv("TCPLOCALHOST");
  return 1;
}

/* with the limits that the session was started with, which the program gets */
static void start_program(int sock, struct starter_programs const *programs, char which)
{
  if (priv_limits_lift() == -1) {
    refuse(sock);
    return;
  }
  if (which == 'Q') start_queue(sock, programs->queue);
  else start_check(sock, programs->check);
  if (priv_limits_soft(FILES_MAX, MEMORY_MAX) == -1) _exit(111);
}

static void run(int sock, void const *what)
{
  struct starter_programs const *programs = what;
  struct pollfd p[1 + WAKE_OWN] = { { .fd = sock, .events = POLLIN } };
  char s[FRONTED_MAX];
  int may_tell = programs->fronted;

  wake_signals((int const []){ SIGCHLD, 0 });
  if (priv_limits_soft(FILES_MAX, MEMORY_MAX) == -1) _exit(111);
  for (;;) {
    ssize_t len;
    wake_poll(p, 1, WAKE_NEVER);
    reap(sock);
    if (!p[0].revents) continue;
    len = packet_recv(sock, s, sizeof s, 0);
    if (len <= 0) finish(sock);
    if (*s == 'Q' || *s == 'C') start_program(sock, programs, *s);
    else if (*s != 'P' || !may_tell || !take_client(s, (size_t)len)) finish(sock);
    may_tell = 0;
  }
}

/* --- the session's side */

static struct {
  int sock;                     /* -1: it is gone */
  int queue, check;             /* it has such a program */
} mine = { -1, 0, 0 };

int starter_start(struct starter_programs const *programs)
{
  mine.queue = programs->queue != 0;
  mine.check = programs->check != 0;
  mine.sock = attendant_start(run, programs);
  return mine.sock == -1 ? -1 : 0;
}

int starter_has_queue(void)
{
  return mine.queue;
}

int starter_has_check(void)
{
  return mine.check;
}

/* what it says later belongs to nothing: no more of it */
static void end(void)
{
  if (mine.sock != -1) close(mine.sock);
  mine.sock = -1;
}

void starter_tell(struct proxy const *client)
{
  char s[FRONTED_MAX];

  if (mine.sock != -1 && packet_send(mine.sock, s, fronted_pack(s, client), -1) == -1) end();
}

/* 1 with a descriptor, 0 when the program could not be started, -1 when the starter is out of step */
static int expect(char what, int *fd)
{
  char c;

  if (!attendant_answer(mine.sock, &c, 1, fd, START_MS)) return -1;
  if (c == what && *fd != -1) return 1;
  if (*fd != -1) close(*fd);
  return c == 'X' ? 0 : -1;
}

static int two(char const *said, int *a, int *b)
{
  int r = -1;

  if (mine.sock == -1) return -1;
  if (packet_send(mine.sock, said, 1, -1) == 0) r = expect(said[1], a);
  if (r == 1) {
    if (expect(said[2], b) == 1) return 0;
    close(*a);
    r = -1;
  }
  if (r == -1) end();
  return -1;
}

int starter_queue(int *message, int *envelope)
{
  return two("QME", message, envelope);
}

int starter_check(int *in, int *out)
{
  return two("CIO", in, out);
}

int starter_result(int milliseconds, char text[QUEUEPROG_TEXT_MAX + 1], int *own)
{
  char s[HEAD + QUEUEPROG_TEXT_MAX + 1];
  int n = mine.sock == -1 ? 0 : attendant_answer(mine.sock, s, sizeof s - 1, 0, milliseconds);

  if (n < HEAD || *s != 'R') {
    end();
    return -1;
  }
  memcpy(text, s + HEAD, (size_t)n - HEAD);
  text[n - HEAD] = 0;
  *own = s[2];
  return (unsigned char)s[1];
}
