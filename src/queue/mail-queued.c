/*
 * mail-queued.c - take messages into the queue, for whoever connects to run/queue
 *
 * Runs as    mailq, group mails, started by mail-start; a worker for each connection that has sent a byte (worker.h)
 * Reads      messages from its callers (door/submit.h); control/queue*
 * Writes     queue/tmp, queue/mess, queue/todo; IDs to queue/lock/trigger; answers to its callers
 * Trusts     the kernel for who a caller is (SO_PEERCRED); no caller for anything
 * If broken  queued messages can be changed, dropped and forged, not read; no network, no user's file, no schedule
 * Exits      0 at TERM or when mail-start is gone (workers finish what they have); 111 when it cannot work, or a
 *            worker died of a signal
 * Why so     a service, since a set-uid program would get its whole environment from its caller; a
 *            process serves one uid alone, so that a broken one has but its own caller's connections
 */

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "door/fds.h"
#include "door/submit.h"
#include "lib/conf/conf.h"
#include "lib/conf/control.h"
#include "lib/io/accept.h"
#include "lib/io/ended.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/log.h"
#include "lib/io/spawn.h"
#include "lib/io/wake.h"
#include "lib/io/workers.h"
#include "lib/priv/priv.h"
#include "queue/callers.h"
#include "queue/ground.h"
#include "queue/refusals.h"
#include "queue/worker.h"

#define MEMORY 134217728        /* of each process: an envelope of the largest size, twice, has room */
#define CREW (CALLERS_PLACES + WORKERS_MORE)    /* processes */
#define FILES (2 * CALLERS_PLACES + 64) /* of a connection and of its worker, and a few */
#define ACCEPTS 64              /* connections in a row: then those that are here have their turn */
#define PAUSE 1000              /* ms without accepting or forking after the system had no room for it */

struct settings_of_queued {
  unsigned int connections, per_user, network;
  struct caller_limits limits;
};

static struct settings_of_queued set;
static int queue_dir, trigger;
static long long paused;        /* no accepting and no new worker before that time */
static long long no_spare;      /* nor making a spare worker */

/* 0, or -1 when one cannot be used; then all stay as they were */
static int read_settings(void)
{
  struct settings_of_queued s;

  if (control_number("queueconnections", &s.connections) == -1 || control_number("queueperuser", &s.per_user) == -1
      || control_number("queuenetwork", &s.network) == -1 || control_number("maxrecipients", &s.limits.recipients) == -1
      || control_number("queueidle", &s.limits.idle) == -1
      || control_number("queuetimeout", &s.limits.timeout) == -1
      || control_number("queuereserve", &s.limits.reserve) == -1
      || control_number("queuebytes", &s.limits.bytes) == -1) return -1;
  set = s;
  return 0;
}

static void lock_in(unsigned int needs)
{
  static struct priv_path const paths[] = {     /* names are enough: no file of the queue is ever read here */
    { "tmp", PRIV_WRITE }, { "mess", PRIV_LIST | PRIV_WRITE }, { "todo", PRIV_LIST | PRIV_PLACE },
    { "../control", PRIV_READ }
  };
  size_t n = needs & PRIV_ACCEPT ? 4 : 3;

  if (priv_lock(needs, paths, n) == -1) log_die(111, "unable to lock myself in");
}

/* Of what it inherits a worker keeps its orders, the log, the queue's directory and the fifo; what it has begun is
   finished also when mail-start is gone. */
static pid_t make_worker(int *orders)
{
  pid_t pid = spawn_copy(orders, (int const []){ queue_dir, trigger }, 2);

  if (pid) return pid;
  close(FD_LIFE);
  lock_in(PRIV_OPEN | PRIV_MODIFY);
  worker_run(*orders, queue_dir, trigger);
}

static void forget(unsigned int place)
{
  callers_remove(callers + place);
}

/* Hands an idle connection to a worker. 1, or 0: not now. */
static int put_to_work(struct connection *c, int may_make)
{
  struct worker_order o = { .who = c->who, .limits = set.limits, .place = (unsigned int)(c - callers) };
  struct workers_key uid = { { 0 } };

  memcpy(uid.s, &c->who.uid, sizeof c->who.uid);
  if (!workers_give(o.place, &uid, (char const *)&o, sizeof o, c->fd, may_make)) return 0;
  callers_serve(c);
  return 1;
}

/* Refused without reading anything: the caller finds the answer when it can write no more (door/submit.c). */
static void refuse(int fd, struct caller const *who, int code, char const *text)
{
  char s[2 + SUBMIT_TEXT_MAX];
  size_t len = strlen(text);

  s[0] = (char)code;
  s[1] = (char)len;
  memcpy(s + 2, text, len);
  (void)!send(fd, s, len + 2, MSG_NOSIGNAL | MSG_DONTWAIT);     /* who has gone needs no answer */
  if (!refusals_line(who->uid, REFUSALS_CONNECTIONS)) return;
  log_start();
  log_count("refused uid=", who->uid);
  log_count(" pid=", who->pid);
  log_count(" code=", code);
  log_field("text", text);
  log_end();
}

/* Is this the user of a room that never submits? Nothing but a break-in there could call. Without root all roles
   have one uid, and then none is refused. */
static int never_submits(uid_t uid)
{
  static enum conf_role const submit[] = { CONF_IN, CONF_BOUNCE, CONF_ALIAS, CONF_REMOTE };
  size_t i;

  for (i = 0; i < sizeof submit / sizeof *submit; i++)
    if (uid == conf_users[submit[i]].uid) return 0;
  for (i = 0; i < CONF_ROLES; i++)
    if (uid == conf_users[i].uid) return 1;
  return 0;
}

/* One more of this uid: in a place that is free, or that somebody idle loses. */
static int has_place(uid_t uid)
{
  if (callers_allowed(uid, set.connections, set.per_user)) return 1;
  return callers_class(uid) == CALLERS_USERS && !callers_full_of(uid, set.per_user) && callers_make_room()
    && callers_allowed(uid, set.connections, set.per_user);
}

/* A program that control/transports names runs as mailr and may pass mail on. */
static int needs_transports(uid_t uid)
{
  return uid == conf_users[CONF_REMOTE].uid && uid != conf_users[CONF_IN].uid
    && access("../control/transports", F_OK) == -1;
}

static void take_in(int fd)
{
  struct ucred cred;
  socklen_t len = sizeof cred;
  struct caller who;

  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1 || len != sizeof cred) {
    log_sys("error: unable to see who calls");
    close(fd);
    return;
  }
  who.uid = cred.uid;
  who.pid = cred.pid;
  if (never_submits(who.uid))
    refuse(fd, &who, SUBMIT_REFUSED, "5.7.1 this user of the mail system may not send mail");
  else if (needs_transports(who.uid))
    refuse(fd, &who, SUBMIT_CONFIG, "4.7.1 this user may send mail only where control/transports exists");
  else if (has_place(who.uid) && callers_add(fd, &who)) return;
  else refuse(fd, &who, SUBMIT_BUSY, "4.3.2 too many connections to the queue service");
  close(fd);
}

static void accept_some(void)
{
  int i, fd;

  for (i = 0; i < ACCEPTS && (fd = accept_next(QUEUED_LISTEN, SOCK_NONBLOCK, &paused)) != -1; i++) take_in(fd);
}

/* A worker that died of a signal may be somebody's attempt to break in. The next one must not find the same layout
   and canary, which workers have from here: mail-queued ends then, and mail-start starts it anew. */
static int reap(void)
{
  int sound = 1, status;
  pid_t pid;

  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
    unsigned int place = workers_ended(pid);
    if (place != WORKERS_NONE) forget(place);
    if (WIFEXITED(status) && WEXITSTATUS(status)) no_spare = io_clock() + PAUSE;        /* it is not locked in */
    if (ended_badly("child", pid, status)) sound = 0;
  }
  return sound;
}

static LARGE struct pollfd polled[2 + CREW + CALLERS_PLACES + WAKE_OWN];
static LARGE unsigned int polled_caller[CALLERS_PLACES];

static void sooner(long long *until, long long then)
{
  if (then < *until) *until = then;
}

/* Fills polled: its first two, those of workers, those of idle callers. *until: when something is too old. */
static void prepare(size_t *at_work, size_t *idle, long long *until)
{
  long long now = io_clock();
  struct pollfd *p;
  unsigned int i;

  *until = refusals_tell();
  sooner(until, workers_rest());
  polled[0] = (struct pollfd){ .fd = FD_LIFE, .events = POLLIN };
  polled[1] = (struct pollfd){ .fd = now < paused ? -1 : QUEUED_LISTEN, .events = POLLIN };
  if (now < paused) sooner(until, paused);
  *at_work = workers_polled(polled + 2);
  *idle = 0;
  p = polled + 2 + *at_work;
  for (i = 0; i < callers_used; i++) {
    struct connection *c = callers + i;
    long long most = c->since + callers_idle(c->who.uid, set.limits.idle) * 1000LL;
    if (c->state != CALLER_IDLE) continue;
    if (now >= most) {
      callers_remove(c);
      continue;
    }
    sooner(until, c->later > now ? c->later : most);
    p[*idle] = (struct pollfd){ .fd = c->later > now ? -1 : c->fd, .events = POLLIN };
    polled_caller[(*idle)++] = i;
  }
}

/* Those who have begun to speak. Who has spoken is not idle, also while there is no process for it: others, for whom
   there is one, do not wait for it. */
static void serve(struct pollfd const *p, size_t n)
{
  long long now = io_clock();
  size_t i;

  for (i = 0; i < n; i++) {
    struct connection *c = callers + polled_caller[i];
    if (!p[i].revents) continue;
    c->since = now;
    if (put_to_work(c, now >= paused)) continue;
    c->later = now + PAUSE;
    if (now >= paused) paused = c->later;
  }
}

/* One round. 0 when it is time to end. */
static int turn(int last)
{
  size_t at_work, idle;
  long long until;

  if (!last && io_clock() >= no_spare && workers_spare() == -1) no_spare = io_clock() + PAUSE;
  prepare(&at_work, &idle, &until);
  wake_poll(polled, 2 + at_work + idle, last ? 0 : until);
  workers_heard(polled + 2, at_work);
  if (wake_heard(SIGCHLD) && !reap()) log_die(111, "starting anew");
  if (wake_heard(SIGHUP)) log_line(read_settings() == -1 ? "the old settings stay" : "settings read");
  serve(polled + 2 + at_work, idle);
  if (last || wake_heard(SIGTERM) || polled[0].revents) return 0;
  if (polled[1].revents) accept_some();
  return 1;
}

int main(void)
{
  static struct crew const crew = { CREW, 2 * WORKERS_RESTING, make_worker, forget };
  char queue[CONF_PATH_MAX];

  log_name("mail-queued");
  io_close_from(QUEUED_LISTEN + 1);
  if (chdir(conf_path(queue, "queue")) == -1) log_die(111, "unable to change to ", queue);
  control_start(read_settings, FD_LIFE);
  umask(0);
  ground_check((int)set.network);
  queue_dir = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  /* For reading as well: then it opens without mail-send, and IDs wait in it while that is being restarted. */
  trigger = open("lock/trigger", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (queue_dir == -1 || trigger == -1) log_die(111, "unable to open queue/lock/trigger");
  if (priv_limits(FILES, MEMORY) == -1) log_sys("warning: unable to bound files and memory");
  if (io_nonblock(QUEUED_LISTEN) == -1) log_diex(111, "fatal: it is mail-start that runs this");
  if (refusals_start() == -1 || callers_start() == -1 || workers_start(&crew) == -1) log_die(111, "unable to start");
  wake_signals((int const []){ SIGTERM, SIGHUP, SIGCHLD, 0 });
  lock_in(PRIV_OPEN | PRIV_MODIFY | PRIV_ACCEPT | PRIV_FORK);
  log_line("ready");
  while (turn(0));
  turn(1);                      /* whoever has begun to speak is still served */
  return 0;
}
