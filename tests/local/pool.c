/* pool.c - the pool of look-ups: answers find their questions, whatever becomes of the workers */

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/io/io.h"
#include "lib/io/wake.h"
#include "local/pool.h"
#include "unit.h"

#define QUESTIONS 300

static enum lookup_status got[QUESTIONS];
static unsigned int answers, lasting;

/* in the worker */
static void work(struct pool_task const *t, struct lookup_answer *a)
{
  if (!strcmp(t->q.address, "die") || t->tables != t->q.number + 2) _exit(1);
  *a = (struct lookup_answer){ .number = t->q.number, .status = LOOKUP_YES, .from.lasts = 1 };
  if (!strcmp(t->q.address, "lie")) a->number++;
}

static int enter(void)
{
  return 0;
}

static void done(struct pool_task const *t, struct lookup_answer *a)
{
  answers++;
  if (t->tag < QUESTIONS && t->tables == t->tag + 9 && a->number == t->tag + 7) got[t->tag] = a->status;
  lasting += (unsigned int)a->from.lasts;
}

static void ask(uint64_t tag, char const *address)
{
  uint32_t n = (uint32_t)tag;
  struct pool_task t = { .tag = tag, .tables = n + 9, .q = { .number = n + 7, .kind = LOOKUP_VERIFY } };

  memcpy(t.q.address, address, strlen(address) + 1);
  pool_ask(&t);
}

/* until all are answered; 0 when that takes long */
static int run(void)
{
  struct pollfd p[POOL_WORKERS + WAKE_OWN];
  long long until;
  int turns = 0;

  while (pool_busy() && turns++ < 2000) {
    pool_before(p, &until);
    wake_poll(p, POOL_WORKERS, until);
    pool_after(p);
  }
  return !pool_busy();
}

/* waits until there are none, nor zombies of them */
static int rest(void)
{
  struct pollfd p[POOL_WORKERS + WAKE_OWN];
  long long until, end = io_clock() + 60000;
  siginfo_t child;

  while (io_clock() < end) {
    unsigned int i, n = 0;
    pool_before(p, &until);
    for (i = 0; i < POOL_WORKERS; i++) n += p[i].fd != -1;
    if (!n && waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) == -1) return 1;
    wake_poll(p, POOL_WORKERS, until < end ? until : end);
    pool_after(p);
  }
  return 0;
}

int main(void)
{
  unsigned int i, yes = 0, later = 0;

  pool_init(enter, work, done);
  check("nothing to do at first", !pool_busy());
  ask(0, "a");
  check("one question", pool_busy() == 1 && run() && got[0] == LOOKUP_YES && answers == 1);
  check("with what it came from", lasting == 1);

  ask(1, "die");
  ask(2, "lie");
  ask(3, "a");
  check("a worker that dies or lies is an answer for later", run() && got[1] == LOOKUP_LATER && got[2] == LOOKUP_LATER);
  check("which does not last", lasting == 2);
  check("the others are answered", got[3] == LOOKUP_YES && answers == 4);
  for (i = 4; i < 30; i++) ask(i, i % 2 ? "die" : "a");
  check("all workers die, and are replaced", run() && answers == 30);
  for (i = 4; i < 30; i++) yes += got[i] == (i % 2 ? LOOKUP_LATER : LOOKUP_YES);
  check("each question has its own answer", yes == 26);

  answers = yes = 0;
  memset(got, 0, sizeof got);
  for (i = 0; i < QUESTIONS; i++) ask(i, "a");
  check("what does not fit is answered at once", answers == QUESTIONS - POOL_WAITING);
  check("the rest is answered in time", run() && answers == QUESTIONS);
  for (i = 0; i < QUESTIONS; i++) {
    yes += got[i] == LOOKUP_YES;
    later += got[i] == LOOKUP_LATER;
  }
  check("and rightly", yes == POOL_WAITING && later == QUESTIONS - POOL_WAITING);
  check("all end", rest());
  ask(5, "a");
  check("and there are new ones for the next question", run() && got[5] == LOOKUP_YES);
  return unit_end();
}
