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
#define REAP_PAUSE 1000         /* ms until the next look whether the killed ones have ended */
#define DYING_MAX 16            /* killed workers that have not ended: a dead disk can keep one for ever */

struct waiting {
  struct pool_task task;
  long long deadline;
};

struct worker {
  pid_t pid;
  int fd;
  int busy;
  long long rests;              /* idle: until then */
  struct waiting work;
};

static pool_enter *enter;
static pool_work *work;
static pool_done *done;
static struct worker workers[POOL_WORKERS];
static struct waiting waiting[POOL_WAITING];    /* a ring */
static unsigned int first, count;
static unsigned int dying;
static long long fork_again;

static void serve(int fd) __attribute__((noreturn));
static void serve(int fd)
{
  static struct pool_task t;
  static struct lookup_answer a;
  char buf[sizeof t.tables + LOOKUP_RECORD_MAX];
  ssize_t r;
  size_t len;

  while ((r = packet_recv(fd, buf, sizeof buf, 0)) > (ssize_t)sizeof t.tables) {
    memcpy(&t.tables, buf, sizeof t.tables);
    if (!lookup_question_unpack(&t.q, buf + sizeof t.tables, (size_t)r - sizeof t.tables)) break;
    work(&t, &a);
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

static void give_up(struct pool_task const *t)
{
  struct lookup_answer a = { .number = t->q.number, .status = LOOKUP_LATER };

  done(t, &a);
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
    give_up(&w->work.task);
  }
}

/* Is there work for one more? */
static int wanted(unsigned int i)
{
  return !workers[i].pid && count;
}

/* The oldest question goes to this idle worker. */
static void hand_over(struct worker *w)
{
  uint32_t tables;
  char buf[sizeof tables + LOOKUP_RECORD_MAX];
  size_t len;

  w->work = waiting[first];
  first = (first + 1) % POOL_WAITING;
  count--;
  w->work.deadline = io_clock() + POOL_SECONDS * 1000;
  w->busy = 1;
  tables = w->work.task.tables;
  memcpy(buf, &tables, sizeof tables);
  len = lookup_question_pack(&w->work.task.q, buf + sizeof tables);
  if (!len || packet_send(w->fd, buf, sizeof tables + len, -1) == -1) stop(w);
}

static void hand_out(void)
{
  unsigned int i;

  while (dying && waitpid(-1, 0, WNOHANG) > 0) dying--;
  for (i = 0; i < POOL_WORKERS && count; i++)
    if (workers[i].pid && !workers[i].busy) hand_over(workers + i);
  for (i = 0; i < POOL_WORKERS; i++) {
    if (wanted(i)) start(workers + i);
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

void pool_ask(struct pool_task const *t)
{
  struct waiting *w;

  if (count == POOL_WAITING) {
    give_up(t);
    return;
  }
  if (!count) first = 0;        /* its memory is used already */
  w = waiting + (first + count) % POOL_WAITING;
  w->task = *t;
  w->deadline = io_clock() + POOL_SECONDS * 1000;
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
    if (workers[i].busy) sooner(until, workers[i].work.deadline);
    else if (workers[i].pid) sooner(until, workers[i].rests);
    if (wanted(i)) sooner(until, fork_again);
  }
  if (count) sooner(until, waiting[first].deadline);
  if (dying) sooner(until, io_clock() + REAP_PAUSE);
}

static void take_answer(struct worker *w)
{
  static struct lookup_answer a;
  char buf[LOOKUP_RECORD_MAX];
  ssize_t r = packet_recv(w->fd, buf, sizeof buf, 0);

  if (r <= 0 || !w->busy || !lookup_answer_unpack(&a, buf, (size_t)r) || a.number != w->work.task.q.number) {
    log_line("error: a worker died");
    stop(w);
    fork_again = io_clock() + DEATH_PAUSE;        /* the next one may die of the same */
    return;
  }
  w->busy = 0;
  w->rests = io_clock() + POOL_REST_MS;
  done(&w->work.task, &a);
}

void pool_after(struct pollfd const *p)
{
  long long now = io_clock();
  unsigned int i;

  for (i = 0; i < POOL_WORKERS; i++) {
    if (workers[i].pid && p[i].fd == workers[i].fd && p[i].revents) take_answer(workers + i);
    if (workers[i].busy && workers[i].work.deadline <= now) {
      log_line("error: a look-up took too long");
      stop(workers + i);
    }
    else if (workers[i].pid && !workers[i].busy && workers[i].rests <= now) stop(workers + i);
  }
  while (count && waiting[first].deadline <= now) {
    struct waiting const *w = waiting + first;
    first = (first + 1) % POOL_WAITING;
    count--;
    give_up(&w->task);
  }
}
