/* workers.c - see workers.h */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/packet.h"
#include "lib/io/wake.h"
#include "lib/io/workers.h"

struct worker {
  pid_t pid;            /* 0: the place is free */
  int fd;               /* to it; -1: it has ended, or is told to, and its process is waited for */
  unsigned int task;    /* or WORKERS_NONE */
  int used;             /* it has had a task */
  int keyed;            /* of this key; else it gets no other one */
  struct workers_key key;
  long long since;      /* resting, by io_clock */
};

static struct crew crew;
static struct worker *workers;
static unsigned int places;     /* those beyond are free */
static unsigned int *polled;    /* the places of those in the caller's list */

int workers_start(struct crew const *c)
{
  crew = *c;
  workers = io_own_memory(crew.most * sizeof *workers);
  polled = io_own_memory(crew.most * sizeof *polled);
  return workers && polled ? 0 : -1;
}

/* A new one; or null, and the log says why. It never holds up the parent: a broken one may not read. */
static struct worker *make(void)
{
  struct worker *w = workers;
  pid_t pid = -1;
  int fd = -1;

  while (w < workers + places && w->pid) w++;
  errno = EAGAIN;
  if (w < workers + crew.most) pid = crew.make(&fd);
  if (pid == -1 || io_nonblock(fd) == -1) {
    log_sys("error: unable to make a process");
    if (pid != -1) close(fd);   /* and so it ends */
    return 0;
  }
  *w = (struct worker){ .pid = pid, .fd = fd, .task = WORKERS_NONE };
  if (w == workers + places) places++;
  return w;
}

/* Nothing more is heard of it. A decent one ends; its task, if it has one, is its own until then. */
static void shut(struct worker *w)
{
  if (w->fd != -1) close(w->fd);
  w->fd = -1;
}

static int is_there(struct worker const *w)
{
  return w->pid && w->fd != -1;
}

static int rests(struct worker const *w)
{
  return is_there(w) && w->used && w->task == WORKERS_NONE;
}

static int same(struct worker const *w, struct workers_key const *key)
{
  return w->keyed && !memcmp(&w->key, key, sizeof *key);
}

static struct worker *find_resting(struct workers_key const *key)
{
  unsigned int i;

  for (i = 0; i < places; i++)
    if (rests(workers + i) && same(workers + i, key)) return workers + i;
  return 0;
}

static struct worker *find_spare(void)
{
  unsigned int i;

  for (i = 0; i < places; i++)
    if (is_there(workers + i) && !workers[i].used) return workers + i;
  return 0;
}

int workers_spare(void)
{
  return find_spare() || make() ? 0 : -1;
}

struct work {
  unsigned int task;
  struct workers_key const *key;
  char const *order;
  size_t len;
  int fd;
};

/* 1; 0 it has ended, or does not read; -1 the system cannot do it now. */
static int order(struct worker *w, struct work const *k)
{
  if (packet_send(w->fd, k->order, k->len, k->fd) == -1) {
    if (errno != EPIPE && errno != ECONNRESET && errno != EAGAIN) return -1;
    shut(w);
    return 0;
  }
  w->task = k->task;
  w->used = 1;
  w->keyed = k->key != 0;
  if (k->key) w->key = *k->key;
  return 1;
}

/* Those of this key that were told to end, and have not: more than can be on their way. */
static int lingers(struct workers_key const *key)
{
  unsigned int i, n = 0;

  for (i = 0; i < places; i++) n += workers[i].pid && workers[i].fd == -1 && same(workers + i, key);
  return n > crew.lingering;
}

int workers_give(unsigned int task, struct workers_key const *key, char const *s, size_t len, int fd, int may_make)
{
  struct work k = { task, key, s, len, fd };
  struct worker *w;
  int r = 0;

  while (!r && key && (w = find_resting(key))) r = order(w, &k);
  if (r || (key && lingers(key))) return r == 1;
  while (!r && (w = find_spare())) r = order(w, &k);
  if (!r && may_make && (w = make())) r = order(w, &k);
  return r == 1;
}

static struct worker *at_work_on(unsigned int task)
{
  unsigned int i;

  for (i = 0; i < places; i++)
    if (is_there(workers + i) && workers[i].task == task) return workers + i;
  return 0;
}

int workers_tell(unsigned int task, char const *s, size_t len)
{
  struct worker const *w = at_work_on(task);

  return w ? packet_send(w->fd, s, len, -1) : -1;
}

void workers_leave(unsigned int task)
{
  struct worker *w = at_work_on(task);

  if (!w) return;
  shut(w);
  w->task = WORKERS_NONE;
}

size_t workers_polled(struct pollfd *p)
{
  unsigned int i;
  size_t n = 0;

  for (i = 0; i < places; i++) {
    if (!is_there(workers + i)) continue;
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

  for (i = 0; i < places; i++) {
    struct worker *w = workers + i;
    if (!rests(w)) continue;
    n++;
    if (!longest || w->since < longest->since) longest = w;
  }
  if (n > WORKERS_RESTING) shut(longest);
}

/* Its word about its task; else it is at its end, or says what it was not asked for. */
static void hear(struct worker *w)
{
  unsigned int task = w->task;
  char b;

  if (packet_recv(w->fd, &b, 1, 0) != 1 || task == WORKERS_NONE) {
    shut(w);
    return;
  }
  w->task = WORKERS_NONE;
  w->since = io_clock();
  if (b != WORKERS_THROUGH || !w->keyed) shut(w);
  else make_room();
  crew.over(task);
}

void workers_heard(struct pollfd const *p, size_t n)
{
  size_t i;

  for (i = 0; i < n; i++)
    if (p[i].revents && workers[polled[i]].fd == p[i].fd) hear(workers + polled[i]);
}

long long workers_rest(void)
{
  long long now = io_clock(), next = WAKE_NEVER;
  unsigned int i;

  for (i = 0; i < places; i++) {
    struct worker *w = workers + i;
    if (!rests(w)) continue;
    if (now - w->since >= WORKERS_REST) shut(w);
    else if (w->since + WORKERS_REST < next) next = w->since + WORKERS_REST;
  }
  return next;
}

void workers_dismiss(void)
{
  unsigned int i;

  for (i = 0; i < places; i++)
    if (is_there(workers + i) && workers[i].task == WORKERS_NONE) shut(workers + i);
}

unsigned int workers_ended(pid_t pid)
{
  unsigned int i = 0, task = WORKERS_NONE;

  while (i < places && workers[i].pid != pid) i++;
  if (i < places) {
    shut(workers + i);
    task = workers[i].task;
    workers[i].pid = 0;
  }
  while (places && !workers[places - 1].pid) places--;
  return task;
}
