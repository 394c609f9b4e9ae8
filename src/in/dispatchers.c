/* dispatchers.c - see dispatchers.h */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "in/access.h"
#include "in/dispatchers.h"
#include "in/places.h"
#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/ready.h"
#include "lib/io/spawn.h"
#include "lib/io/wake.h"

#define PAUSE 1000              /* ms between the starts of two that fail */
#define NEWS_IN_A_ROW 16        /* then the others have their turn */

enum state { NONE, STARTING, AT_WORK, RETIRED };

struct dispatcher {
  enum state state;
  int fd;               /* never blocks: a broken one must not hold up the porter */
  unsigned int born;    /* which one it is */
  unsigned int given;
  int full;             /* it has not read the last orders */
  int untold;           /* it does not know yet that it is retired */
};

static struct dispatcher all[DISPATCHERS_MAX];
static unsigned int births;
static char const *program, *mode;
static int renew;               /* one is wanted beside the one at work */
static int served;              /* one was ready */
static int closed;              /* none is wanted any more */
static long long pause_ends;

void dispatchers_start(char const *name, char const *argument)
{
  program = name;
  mode = argument;
}

static struct dispatcher *find(enum state state)
{
  int i;

  for (i = 0; i < DISPATCHERS_MAX && all[i].state != state; i++);
  return i < DISPATCHERS_MAX ? all + i : 0;
}

static int number_of(struct dispatcher const *d)
{
  return (int)(d - all);
}

/* It is gone, or is let go: it finishes what it has, and nobody counts that. */
static void forget(struct dispatcher *d)
{
  close(d->fd);
  d->fd = -1;
  d->state = NONE;
  places_forget(number_of(d));
}

static void gone(struct dispatcher *d)
{
  if (d->state == STARTING && find(AT_WORK))
    log_line("error: a new ", program, " -w does not start: the old one stays");
  else if (d->state == AT_WORK) log_line("error: ", program, " -w has ended");
  forget(d);
}

static void tell_retired(struct dispatcher *d)
{
  struct order o = { .kind = ORDER_RETIRE };

  d->untold = order_send(d->fd, &o, -1) == -1;
}

static void retire(struct dispatcher *d)
{
  d->state = RETIRED;
  tell_retired(d);
}

/* --- a new one */

static _Noreturn void become(void)
{
  char path[CONF_PATH_MAX];
  char const *argv[] = { path, "-w", mode, 0 };

  access_clear_environment();   /* what a rule sets comes with each connection */
  unsetenv("NOTIFY_SOCKET");
  conf_file(path, "bin", program);
  execve(path, (char **)argv, environ);
  log_die(111, "unable to run ", path);
}

static pid_t spawn(int *sock)
{
  int pair[2], null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  pid_t pid = -1;

  if (null == -1) return -1;
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0) {
    if (io_nonblock(pair[0]) == 0) pid = spawn_program((int[]){ null, -1, -1, pair[1] }, ORDER_FD + 1, 0, 111);
    if (!pid) become();
    io_close_keep(pair[1]);
    if (pid == -1) io_close_keep(pair[0]);
    *sock = pair[0];
  }
  io_close_keep(null);
  return pid;
}

static void start(struct dispatcher *d)
{
  int fd;
  pid_t pid = spawn(&fd);

  pause_ends = io_clock() + PAUSE;
  if (pid == -1) {
    log_sys("error: unable to start ", program, " -w");
    return;
  }
  renew = 0;
  *d = (struct dispatcher){ .state = STARTING, .fd = fd, .born = births++ };
}

static struct dispatcher *oldest_retired(void)
{
  struct dispatcher *oldest = 0;
  int i;

  for (i = 0; i < DISPATCHERS_MAX; i++)
    if (all[i].state == RETIRED && (!oldest || all[i].born - births < oldest->born - births)) oldest = all + i;
  return oldest;
}

long long dispatchers_turn(void)
{
  struct dispatcher *room = find(NONE);
  int idle = !find(AT_WORK);

  if (closed || find(STARTING) || (!idle && !renew)) return WAKE_NEVER;
  if (idle && io_clock() < pause_ends) return pause_ends;
  if (!room && !idle) return WAKE_NEVER;        /* it waits until one has ended */
  if (!room) {
    room = oldest_retired();
    forget(room);
  }
  start(room);
  return room->state == STARTING ? WAKE_NEVER : pause_ends;
}

void dispatchers_renew(void)
{
  renew = 1;
}

void dispatchers_retire(void)
{
  int i;

  closed = 1;
  for (i = 0; i < DISPATCHERS_MAX; i++) {
    if (all[i].state == STARTING) forget(all + i);
    if (all[i].state == AT_WORK) retire(all + i);
  }
}

/* --- connections */

int dispatchers_ready(void)
{
  struct dispatcher *d = find(AT_WORK);

  return d && !d->full;
}

int dispatchers_give(struct order const *o, int connection)
{
  struct dispatcher *d = find(AT_WORK);

  errno = EAGAIN;
  if (!d) return -1;
  if (order_send(d->fd, o, connection) == -1) {
    d->full = errno == EAGAIN;
    if (errno != EPIPE && errno != ECONNRESET) return -1;
    gone(d);
    errno = EAGAIN;
    return -1;
  }
  if (++d->given % DISPATCHERS_CONNECTIONS == 0) renew = 1;
  return number_of(d);
}

void dispatchers_make_room(void)
{
  static int turn;
  struct order o = { .kind = ORDER_ROOM };
  int i;

  for (i = 0; i < DISPATCHERS_MAX; i++) {
    struct dispatcher *d = all + ++turn % DISPATCHERS_MAX;
    if (d->state != AT_WORK && d->state != RETIRED) continue;
    order_send(d->fd, &o, -1);  /* one that is full has enough to do */
    return;
  }
}

/* --- news */

static void begin(struct dispatcher *d)
{
  struct dispatcher *old = find(AT_WORK);

  if (old) retire(old);
  d->state = AT_WORK;
  if (!served) log_line("ready");
  served = 1;
  ready_tell();
}

/* Its session died of a signal. Those that it would make now have the same layout. */
static void alert(struct dispatcher *d)
{
  if (d->state == AT_WORK) retire(d);
}

/* 0 when it says what it cannot: it has no more to say then */
static int take(struct dispatcher *d, struct order_news const *news)
{
  if ((d->state == STARTING) != (news->kind == ORDER_READY)) return 0;
  if (news->kind == ORDER_READY) begin(d);
  else places_over(news->place, number_of(d), news->kind == ORDER_ALERT);
  if (news->kind == ORDER_ALERT) alert(d);
  return 1;
}

static void hear(struct dispatcher *d)
{
  struct order_news news;
  int i, r = 1;

  for (i = 0; i < NEWS_IN_A_ROW && r == 1; i++) {
    r = order_hear(d->fd, &news);
    if (r == 1 && !take(d, &news)) r = -1;
  }
  if (r == -1) gone(d);
}

size_t dispatchers_polled(struct pollfd *p)
{
  size_t n = 0;
  int i;

  for (i = 0; i < DISPATCHERS_MAX; i++) {
    struct dispatcher *d = all + i;
    short events = d->full || d->untold ? POLLIN | POLLOUT : POLLIN;
    if (d->state != NONE) p[n++] = (struct pollfd){ .fd = d->fd, .events = events };
  }
  return n;
}

void dispatchers_heard(struct pollfd const *p, size_t n)
{
  int i;

  for (; n; n--, p++) {
    if (!p->revents) continue;
    for (i = 0; i < DISPATCHERS_MAX && (all[i].state == NONE || all[i].fd != p->fd); i++);
    if (i == DISPATCHERS_MAX) continue;
    if (p->revents & POLLOUT) all[i].full = 0;
    if (p->revents & POLLOUT && all[i].untold) tell_retired(all + i);
    if (p->revents & ~POLLOUT) hear(all + i);
  }
}

int dispatchers_left(void)
{
  int i;

  for (i = 0; i < DISPATCHERS_MAX && all[i].state == NONE; i++);
  return i < DISPATCHERS_MAX;
}
