/* child.c - see child.h */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <skalibs/djbunix.h>

#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/spawn.h"
#include "remote/child.h"
#include "remote/transport.h"

#define IDLE_MS 2000            /* a session is kept open for the next message so long */
#define LEAVE_MS 10000          /* to say QUIT and exit */
#define JOBS_MAX 100            /* then it goes, so that no settings and no servers' addresses are held for ever */
#define AGE_MAX_MS 300000
#define FDS_OURS 16             /* open files that are not a child's */
#define CHILD_FD 3

extern char **environ;

LARGE struct child children[CHILD_MAX];
unsigned int child_top;
static unsigned int cap = CHILD_MAX;
static char const *program;
static int transport = -1;       /* our socket to mail-transport */

void child_start(char const *path)
{
  struct rlimit l;

  program = path;
  if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur != RLIM_INFINITY && l.rlim_cur < CHILD_MAX + FDS_OURS)
    cap = l.rlim_cur > FDS_OURS ? (unsigned int)l.rlim_cur - FDS_OURS : 1;
}

unsigned int child_files(void)
{
  return cap + FDS_OURS;
}

/* the child gets its socket as 3, and nothing else of ours but the log and the lifeline */
static int spawn(pid_t *pid, char const *path, char *argv[], int sock)
{
  return spawn_path(pid, path, argv, environ, (int const []){ -1, -1, -1, sock }, CHILD_FD + 1, 0);
}

int child_transport(char const *path)
{
  char *argv[] = { "mail-transport", 0 };
  int pair[2], e;
  pid_t pid;

  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1) return -1;
  e = io_nonblock(pair[0]) == -1 ? errno : spawn(&pid, path, argv, pair[1]);
  close(pair[1]);
  if (!e) return transport = pair[0];
  close(pair[0]);
  errno = e;
  return -1;
}

/* 0 or an errno */
static int hand_over(struct child *c, int sock)
{
  char *argv[] = { "mail-remote", c->domain, 0 };
  char const *rest;

  switch (transport_find(c->domain, &rest)) {
    case TRANSPORT_PROGRAM:
    case TRANSPORT_SOCKET:      /* our lock, which a mail-remote inherits, lets nobody connect to one */
      if (transport == -1) return ENOTCONN;
      return packet_send(transport, c->domain, strlen(c->domain), sock) == -1 ? errno : 0;
    default:
      return spawn(&c->pid, program, argv, sock);
  }
}

static struct child *create(struct child *c, char const *domain)
{
  int pair[2], e;

  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == -1) return 0;
  memset(c, 0, sizeof *c);
  memcpy(c->domain, domain, strlen(domain) + 1);
  /* the child's end blocks: it has nothing else to do */
  e = ndelay_off(pair[1]) == -1 ? errno : hand_over(c, pair[1]);
  close(pair[1]);
  if (e) {
    close(pair[0]);
    errno = e;
    return 0;
  }
  c->fd = pair[0];
  c->born = io_clock();
  c->until = c->born + IDLE_MS;
  c->state = CHILD_IDLE;
  if (c >= children + child_top) child_top = (unsigned int)(c - children) + 1;
  return c;
}

struct child *child_for(char const *domain)
{
  struct child *c, *empty = 0, *idle = 0, *leaving = 0;

  for (c = children; c < children + child_top; c++) {
    if (c->state == CHILD_IDLE && !strcmp(c->domain, domain)) return c;
    if (c->state == CHILD_FREE && !empty) empty = c;
    if (c->state == CHILD_LEAVING && !leaving) leaving = c;
    if (c->state == CHILD_IDLE && (!idle || c->until < idle->until)) idle = c;
  }
  if (!empty && child_top < cap) empty = children + child_top;
  if (!empty) {                 /* full: the one that is missed least makes room */
    empty = leaving ? leaving : idle;
    if (!empty) {
      errno = EAGAIN;
      return 0;
    }
    child_end(empty);
  }
  return create(empty, domain);
}

int child_give(struct child *c, char const *record, size_t len, int message, struct job const *j, long long seconds)
{
  if (packet_send(c->fd, record, len, message) == -1) {
    child_end(c);
    return -1;
  }
  c->state = CHILD_BUSY;
  c->number = j->number;
  c->rcpts = j->n;
  c->jobs++;
  c->until = io_clock() + 1000 * seconds;
  return 0;
}

void child_leave(struct child *c)
{
  shutdown(c->fd, SHUT_WR);
  c->state = CHILD_LEAVING;
  c->until = io_clock() + LEAVE_MS;
}

void child_done(struct child *c)
{
  c->state = CHILD_IDLE;
  c->until = io_clock() + IDLE_MS;
  if (c->retire || c->jobs >= JOBS_MAX || io_clock() - c->born >= AGE_MAX_MS) child_leave(c);
}

void child_end(struct child *c)
{
  if (c->pid) {
    kill(c->pid, SIGKILL);      /* mostly it is gone already: not yet collected, so the pid is still its own */
    while (waitpid(c->pid, 0, 0) == -1 && errno == EINTR);
  }
  close(c->fd);
  c->state = CHILD_FREE;
  while (child_top && children[child_top - 1].state == CHILD_FREE) child_top--;
}

void child_retire_all(void)
{
  struct child *c;

  for (c = children; c < children + child_top; c++) {
    if (c->state == CHILD_IDLE) child_leave(c);
    else c->retire = 1;
  }
}
