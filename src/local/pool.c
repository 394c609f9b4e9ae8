/* pool.c - see pool.h */

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/packet.h"
#include "lib/io/spawn.h"
#include "lib/io/wake.h"
#include "local/pool.h"

#define FORK_PAUSE 1000         /* ms until the next try when there can be no new worker */
#define DEATH_PAUSE 100         /* ms until the next one when a worker has died by itself */
#define DYING_MAX 16            /* killed workers that have not ended: a dead disk can keep one for ever */

struct task {
  uint64_t tag;
  long long deadline;
  struct lookup_question q;
};

struct worker {
  pid_t pid;
  int fd;
  int busy;
  struct task task;
};

static pool_enter *enter;
static pool_work *work;
static pool_done *done;
static struct worker workers[POOL_WORKERS];
static struct task waiting[POOL_WAITING];       /* a ring */
static unsigned int first, count;
static unsigned int dying;
static long long fork_again;

static void serve(int fd) __attribute__((noreturn));
static void serve(int fd)
{
  static struct lookup_question q;
  static struct lookup_answer a;
  char buf[LOOKUP_RECORD_MAX];
  ssize_t r;
  size_t len;

  while ((r = packet_recv(fd, buf, sizeof buf, 0)) > 0) {
    if (!lookup_question_unpack(&q, buf, (size_t)r)) break;
    work(&q, &a);
    len = lookup_answer_pack(&a, buf);
    if (!len || packet_send(fd, buf, len, -1) == -1) break;
  }
  _exit(r ? 111 : 0);
}

static void start(struct worker *w)
{
  if (io_clock() < fork_again) return;
  errno = EAGAIN;
  w->pid = dying < DYING_MAX ? spawn_copy(&w->fd, 0, 0) : -1;
  if (!w->pid) {
    if (enter() == -1) log_die(111, "error: unable to lock in a worker");
    serve(w->fd);
  }
  if (w->pid != -1) return;
  log_sys("error: unable to start a worker");
  w->pid = 0;
  fork_again = io_clock() + FORK_PAUSE;
}

static void give_up(struct task const *t)
{
  struct lookup_answer a = { .number = t->q.number, .status = LOOKUP_LATER };

  done(t->tag, &a);
}

/* Ends a worker, whatever it is doing; its question is for later. */
static void stop(struct worker *w)
{
  kill(w->pid, SIGKILL);
  dying++;
  close(w->fd);
  w->pid = 0;
  w->fd = -1;
  if (w->busy) {
    w->busy = 0;
    give_up(&w->task);
  }
}

/* The oldest question goes to this idle worker. */
static void hand_over(struct worker *w)
{
  char buf[LOOKUP_RECORD_MAX];
  size_t len;

  w->task = waiting[first];
  first = (first + 1) % POOL_WAITING;
  count--;
  w->task.deadline = io_clock() + POOL_SECONDS * 1000;
  w->busy = 1;
  len = lookup_question_pack(&w->task.q, buf);
  if (!len || packet_send(w->fd, buf, len, -1) == -1) stop(w);
}

static void hand_out(void)
{
  unsigned int i;

  while (dying && waitpid(-1, 0, WNOHANG) > 0) dying--;
  for (i = 0; i < POOL_WORKERS; i++) {
    if (!workers[i].pid) start(workers + i);
    if (workers[i].pid && !workers[i].busy && count) hand_over(workers + i);
  }
}

void pool_init(pool_enter *e, pool_work *w, pool_done *d)
{
  unsigned int i;

  enter = e;
  work = w;
  done = d;
  for (i = 0; i < POOL_WORKERS; i++) workers[i].fd = -1;
}

void pool_ask(uint64_t tag, struct lookup_question const *q)
{
  struct task *t = waiting + (first + count) % POOL_WAITING;
  struct task full = { .tag = tag, .q = { .number = q->number } };

  if (count == POOL_WAITING) {
    give_up(&full);
    return;
  }
  t->tag = tag;
  t->q = *q;
  t->deadline = io_clock() + POOL_SECONDS * 1000;
  count++;
}

unsigned int pool_busy(void)
{
  unsigned int n = count, i;

  for (i = 0; i < POOL_WORKERS; i++) n += workers[i].busy != 0;
  return n;
}

static void sooner(long long *until, long long when)
{
  if (when < *until) *until = when;
}

void pool_before(struct pollfd *p, long long *until)
{
  unsigned int i;

  hand_out();
  *until = WAKE_NEVER;
  for (i = 0; i < POOL_WORKERS; i++) {
    p[i] = (struct pollfd){ .fd = workers[i].fd, .events = POLLIN };
    if (workers[i].busy) sooner(until, workers[i].task.deadline);
    if (!workers[i].pid) sooner(until, fork_again);
  }
  if (count) sooner(until, waiting[first].deadline);
}

static void take_answer(struct worker *w)
{
  static struct lookup_answer a;
  char buf[LOOKUP_RECORD_MAX];
  ssize_t r = packet_recv(w->fd, buf, sizeof buf, 0);

  if (r <= 0 || !w->busy || !lookup_answer_unpack(&a, buf, (size_t)r) || a.number != w->task.q.number) {
    log_line("error: a worker died");
    stop(w);
    fork_again = io_clock() + DEATH_PAUSE;        /* the next one may die of the same */
    return;
  }
  w->busy = 0;
  done(w->task.tag, &a);
}

void pool_after(struct pollfd const *p)
{
  long long now = io_clock();
  unsigned int i;

  for (i = 0; i < POOL_WORKERS; i++) {
    if (workers[i].pid && p[i].fd == workers[i].fd && p[i].revents) take_answer(workers + i);
    if (workers[i].busy && workers[i].task.deadline <= now) {
      log_line("error: a look-up took too long");
      stop(workers + i);
    }
  }
  while (count && waiting[first].deadline <= now) {
    struct task const *t = waiting + first;
    first = (first + 1) % POOL_WAITING;
    count--;
    give_up(t);
  }
}
