/* workers.c - see workers.h */

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/packet.h"
#include "lib/io/wake.h"
#include "queue/intake.h"
#include "queue/workers.h"

#define NOBODY -1

/* An order to a worker; the connection comes along. */
struct order {
  struct caller who;
  struct caller_limits limits;
  unsigned int seat;
};

struct worker {
  pid_t pid;            /* 0: the place is free */
  int fd;               /* to it; -1: it has ended, and its process is waited for */
  int caller;           /* the place of its connection (callers.h), or NOBODY */
  int used;             /* it has served uid */
  uid_t uid;
  long long since;      /* resting, by io_clock */
};

static struct worker workers[WORKERS_PLACES];
static unsigned int workers_used;       /* places beyond are free */
static unsigned int polled[WORKERS_PLACES];
static void (*close_and_lock)(void);
static int queue_dir, trigger;

void workers_start(void (*f)(void), int dir, int fifo)
{
  close_and_lock = f;
  queue_dir = dir;
  trigger = fifo;
}

/* The worker's life: of what it inherits it keeps its orders, the log, the queue's directory and the fifo. */
static _Noreturn void work(int orders)
{
  struct order o;
  unsigned int i;
  int fd;

  for (i = 0; i < workers_used; i++)
    if (workers[i].pid && workers[i].fd != -1) close(workers[i].fd);
  for (i = 0; i < callers_used; i++)
    if (callers[i].state != CALLER_FREE) close(callers[i].fd);
  wake_leave();                 /* what is under way is finished */
  close_and_lock();
  intake_start(queue_dir, trigger);
  while (packet_recv(orders, (char *)&o, sizeof o, &fd) == sizeof o) {
    if (fd != -1) {             /* else there was no room for it, and the caller sees it closed */
      intake_serve(fd, &o.who, &o.limits, callers_seat(callers + o.seat));
      close(fd);
    }
    if (packet_send(orders, "", 1, -1) == -1) break;
  }
  _exit(0);
}

/* The process of a new worker, and what to speak to it by, which never blocks: a broken one must not hold up the
   parent. -1 with errno. */
static pid_t start(int *fd)
{
  int pair[2], e;
  pid_t pid;

  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1) return -1;
  pid = io_nonblock(pair[0]) == -1 ? -1 : fork();
  if (!pid) {
    close(pair[0]);
    work(pair[1]);
  }
  e = errno;
  close(pair[1]);
  if (pid == -1) close(pair[0]);
  errno = e;
  *fd = pair[0];
  return pid;
}

/* A new one; or null, and the log says why. */
static struct worker *make(void)
{
  struct worker *w = workers;
  pid_t pid = -1;
  int fd;

  while (w < workers + workers_used && w->pid) w++;
  errno = EAGAIN;
  if (w < workers + WORKERS_PLACES) pid = start(&fd);
  if (pid == -1) {
    log_sys("error: unable to make a process");
    return 0;
  }
  *w = (struct worker){ .pid = pid, .fd = fd, .caller = NOBODY };
  if (w == workers + workers_used) workers_used++;
  return w;
}

/* Nothing more is heard of it. A decent one ends; its connection, if it has one, is its own until then. */
static void shut(struct worker *w)
{
  if (w->fd != -1) close(w->fd);
  w->fd = -1;
}

static void forget_caller(struct worker *w)
{
  if (w->caller != NOBODY) callers_remove(callers + w->caller);
  w->caller = NOBODY;
}

static struct worker *find(int used, uid_t uid)
{
  unsigned int i;

  for (i = 0; i < workers_used; i++) {
    struct worker *w = workers + i;
    if (w->pid && w->fd != -1 && w->caller == NOBODY && w->used == used && (!used || w->uid == uid)) return w;
  }
  return 0;
}

int workers_spare(void)
{
  return find(0, 0) || make() ? 0 : -1;
}

/* 1; 0 it has ended, or does not read; -1 the system cannot do it now. */
static int order(struct worker *w, struct connection *c, struct caller_limits const *limits)
{
  struct order o = { .who = c->who, .limits = *limits, .seat = (unsigned int)(c - callers) };

  if (packet_send(w->fd, (char const *)&o, sizeof o, c->fd) == -1) {
    if (errno != EPIPE && errno != ECONNRESET && errno != EAGAIN) return -1;
    shut(w);
    return 0;
  }
  callers_serve(c);
  w->caller = (int)o.seat;
  w->used = 1;
  w->uid = c->who.uid;
  return 1;
}

/* Those of this uid that were told to end, and have not: more than can be on their way. */
static int lingers(uid_t uid)
{
  unsigned int i, n = 0;

  for (i = 0; i < workers_used; i++) {
    struct worker const *w = workers + i;
    n += w->pid && w->fd == -1 && w->used && w->uid == uid;
  }
  return n > 2 * WORKERS_RESTING;
}

int workers_serve(struct connection *c, struct caller_limits const *limits, int may_make)
{
  struct worker *w;
  int r = 0;

  while (!r && (w = find(1, c->who.uid))) r = order(w, c, limits);
  if (r || lingers(c->who.uid)) return r == 1;
  while (!r && (w = find(0, 0))) r = order(w, c, limits);
  if (!r && may_make && (w = make())) r = order(w, c, limits);
  return r == 1;
}

size_t workers_polled(struct pollfd *p)
{
  unsigned int i;
  size_t n = 0;

  for (i = 0; i < workers_used; i++) {
    if (!workers[i].pid || workers[i].fd == -1) continue;
    polled[n] = i;
    p[n++] = (struct pollfd){ .fd = workers[i].fd, .events = POLLIN };
  }
  return n;
}

/* More than may rest: who has rested longest goes. */
static void make_room(void)
{
  struct worker *longest = 0;
  unsigned int i, n = 0;

  for (i = 0; i < workers_used; i++) {
    struct worker *w = workers + i;
    if (!w->pid || w->fd == -1 || !w->used || w->caller != NOBODY) continue;
    n++;
    if (!longest || w->since < longest->since) longest = w;
  }
  if (n > WORKERS_RESTING) shut(longest);
}

void workers_heard(struct pollfd const *p, size_t n)
{
  size_t i;
  char b;

  for (i = 0; i < n; i++) {
    struct worker *w = workers + polled[i];
    if (!p[i].revents || w->fd != p[i].fd) continue;
    if (packet_recv(w->fd, &b, 1, 0) != 1 || w->caller == NOBODY) {     /* its end, or what it was not asked for */
      shut(w);
      continue;
    }
    forget_caller(w);
    w->since = io_clock();
    make_room();
  }
}

long long workers_rest(void)
{
  long long now = io_clock(), next = WAKE_NEVER;
  unsigned int i;

  for (i = 0; i < workers_used; i++) {
    struct worker *w = workers + i;
    if (!w->pid || w->fd == -1 || !w->used || w->caller != NOBODY) continue;
    if (now - w->since >= WORKERS_REST) shut(w);
    else if (w->since + WORKERS_REST < next) next = w->since + WORKERS_REST;
  }
  return next;
}

void workers_ended(pid_t pid)
{
  unsigned int i;

  for (i = 0; i < workers_used; i++) {
    if (workers[i].pid != pid) continue;
    shut(workers + i);
    forget_caller(workers + i);
    workers[i].pid = 0;
  }
  while (workers_used && !workers[workers_used - 1].pid) workers_used--;
}
