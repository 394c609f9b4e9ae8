/* porter.c - see porter.h */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "door/fds.h"
#include "in/access.h"
#include "in/admission.h"
#include "in/children.h"
#include "in/dispatchers.h"
#include "in/edits.h"
#include "in/front.h"
#include "in/places.h"
#include "in/porter.h"
#include "in/refusal.h"
#include "in/start.h"
#include "lib/conf/control.h"
#include "lib/io/io.h"
#include "lib/io/listenfds.h"
#include "lib/io/log.h"
#include "lib/io/wake.h"

#define PAUSE 1000              /* ms without accepting after the system had no room for it */
#define ROOM 100                /* ms from one session that has to go to the next */
#define HURRY 30000             /* ms for the first command, from three quarters of the connections on */
#define LOOK 1000               /* ms between two looks for the service tls */
#define LAST 60000              /* ms from TERM on for what is under way; what is left then goes on without a porter */

static struct server const *server;
static unsigned int connections;        /* that there may be */
static struct admission_limits limits;
static unsigned int listeners;
static int edits;               /* readable when settings may have changed */
static int has_life;            /* mail-start started us, and its lifeline is there */
static long long paused;        /* no accepting before that time */
static long long next_room;     /* nor making room */
static long long over;          /* when to end at the latest; 0: not yet */
static long long next_look;     /* whether there is the service tls, */
static int has_tls;             /* which sessions could not see when it comes */
static struct order order;      /* one that could not be given away yet, */
static int held = -1;           /* and its connection */

/* 0, or -1 when one cannot be used; then all stay as they were */
static int read_settings(void)
{
  struct admission_limits l;
  unsigned int n;

  if (control_number("listenconnections", &n) == -1 || control_number("listenperip", &l.of_address) == -1
      || control_number("listenpernet", &l.of_network) == -1 || control_number("listenrate", &l.address_rate) == -1
      || control_number("listenratenet", &l.network_rate) == -1 || front_start() || access_read() == -1) return -1;
  connections = n;
  limits = l;
  return 0;
}

static void refuse(int fd, char const *ip, char const *reason, char const *why)
{
  refusal_tell(fd, server->protocol, reason);
  refusal_log(ip, why);
  close(fd);
}

static void start_own(int fd, char const *ip)
{
  pid_t pid = children_start(server->name, server->mode, &order, fd);

  if (pid == -1) {
    log_sys("error: unable to make a process");
    refuse(fd, ip, "4.3.2 this host is too busy", "no process for it");
    places_leave(order.place);
    return;
  }
  places[order.place].pid = pid;
  close(fd);
}

/* --- connections */

/* Gives away what is held: now, or when a dispatcher can take it. */
static void give(void)
{
  int dispatcher = dispatchers_give(&order, held);

  if (dispatcher == -1) {
    if (errno == EAGAIN) return;
    log_sys("error: unable to give a connection away");
    paused = io_clock() + PAUSE;
    return;
  }
  places[order.place].dispatcher = dispatcher;
  close(held);
  held = -1;
}

/* Null when it may come in; else why not, and *reason is what the client is told. */
static char const *let_in(struct place *p, enum access_verdict verdict, char const *ip, char const **reason)
{
  long long now = io_clock();

  *reason = 0;
  if (verdict == ACCESS_DENY) return "denied by the rules";
  *reason = "4.3.0 this host cannot take mail now";
  if (verdict == ACCESS_LATER) return "the rules cannot be read";
  if (front_is(ip)) return 0;   /* its clients are many, and one of them must not shut the others out */
  if (admission_is_banned(&p->peer, now)) return "a session of this address died of a signal in the last minute";
  if (order.rule.has_relayclient) return 0;
  *reason = admission_enter(&p->admission, &p->peer, &limits, now);
  return *reason;
}

static int see_tls(void)
{
  long long now = io_clock();

  if (now >= next_look) {
    has_tls = rules_see_tls();
    next_look = now + LOOK;
  }
  return has_tls;
}

/* The connection that order is about, but for its rule and its number. */
static void take_in(int fd)
{
  char ip[NET_TEXT_MAX];
  char const *reason, *why;
  enum access_verdict verdict;

  net_format(ip, &order.peer);
  verdict = access_find(&order.rule, &order.peer, ip);
  order.place = places_take(&order.peer);
  why = let_in(places + order.place, verdict, ip, &reason);
  if (why) {
    refuse(fd, ip, reason, why);
    places_leave(order.place);
  }
  else if (verdict == ACCESS_OWN) start_own(fd, ip);
  else {
    if (places_taken * 4 >= connections * 3) order.hurry = HURRY;
    order.has_tls = see_tls();
    held = fd;
    give();
  }
}

static void accept_one(int listener)
{
  struct sockaddr_storage from, to;
  socklen_t len = sizeof from;
  int fd = accept4(listener, (struct sockaddr *)&from, &len, SOCK_CLOEXEC);

  if (fd == -1) {
    if (errno != EMFILE && errno != ENFILE && errno != ENOMEM && errno != ENOBUFS) return;
    log_sys("error: unable to accept a connection");
    paused = io_clock() + PAUSE;
    return;
  }
  memset(&order, 0, sizeof order);
  order.kind = ORDER_SERVE;
  len = sizeof to;
  if (net_from(&order.peer, &from) && getsockname(fd, (struct sockaddr *)&to, &len) == 0
      && net_from(&order.local, &to)) take_in(fd);
  else close(fd);
}

/* --- what happens */

static void end(void)
{
  char ip[NET_TEXT_MAX];

  over = io_clock() + LAST;
  for (; listeners; listeners--) close(LISTENFDS_FIRST + (int)listeners - 1);
  if (held != -1) {
    net_format(ip, &order.peer);
    refuse(held, ip, "4.3.2 this host goes down", "TERM");
    places_leave(order.place);
    held = -1;
  }
  dispatchers_retire();
}

static void read_anew(void)
{
  if (read_settings() == -1) log_line("the old settings stay");
  else {
    log_line("settings read");
    dispatchers_renew();
  }
}

static int may_accept(void)
{
  return !over && held == -1 && dispatchers_ready() && io_clock() >= paused;
}

static int is_full(void)
{
  return places_taken >= connections;
}

static void make_room(void)
{
  dispatchers_make_room();
  next_room = io_clock() + ROOM;
}

static void come(struct pollfd const *p, size_t n)
{
  for (; n && may_accept(); n--, p++) {
    if (!p->revents) continue;
    if (is_full()) make_room();
    else accept_one(p->fd);
  }
}

static void sooner(long long *until, long long then)
{
  if (then < *until) *until = then;
}

/* What is due now, and when the next will be. */
static long long due(void)
{
  long long now = io_clock(), until = refusal_turn();

  sooner(&until, dispatchers_turn());
  if (held != -1 && now >= paused && dispatchers_ready()) give();
  if (now < paused) sooner(&until, paused);
  if (over && now >= next_room) make_room();
  if (over) sooner(&until, over);
  if (now < next_room && (over || is_full())) sooner(&until, next_room);
  return until;
}

/* One round. 0 when it is time to end. */
static int turn(void)
{
  static struct pollfd polled[2 + DISPATCHERS_MAX + LISTENFDS_MAX + WAKE_OWN];
  long long until = due();
  size_t at_work, open = 0;
  struct pollfd *p;

  if (over && (io_clock() >= over || (!dispatchers_left() && !places_own()))) return 0;
  polled[0] = (struct pollfd){ .fd = has_life ? FD_LIFE : -1, .events = POLLIN };
  polled[1] = (struct pollfd){ .fd = edits, .events = POLLIN };
  at_work = dispatchers_polled(polled + 2);
  p = polled + 2 + at_work;
  if (may_accept() && (!is_full() || io_clock() >= next_room))
    for (; open < listeners; open++)
      p[open] = (struct pollfd){ .fd = LISTENFDS_FIRST + (int)open, .events = POLLIN };
  wake_poll(polled, 2 + at_work + open, until);
  if (wake_heard(SIGCHLD)) children_reap(server->name);
  dispatchers_heard(polled + 2, at_work);
  if (wake_heard(SIGHUP) || (polled[1].revents && edits_seen(edits))) read_anew();
  if ((wake_heard(SIGTERM) || polled[0].revents) && !over) {
    has_life = 0;
    end();
  }
  else come(p, open);
  return 1;
}

static int is_pipe(int fd)
{
  struct stat st;

  return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

_Noreturn void porter(struct server const *s, char const *rules)
{
  server = s;
  log_name(server->name);
  if (io_standard() == -1) log_die(111, "fatal: unable to open /dev/null");
  listeners = listenfds_take();
  if (!listeners)
    log_diex(100, "fatal: no listening sockets are given (LISTEN_FDS, LISTEN_PID): mail-start listen or a socket unit"
             " of systemd starts this");
  io_close_from(LISTENFDS_FIRST + (int)listeners);
  has_life = is_pipe(FD_LIFE);
  if (start_as_maild() == -1) log_die(111, "fatal: cannot become maild");
  access_start(rules);
  edits = edits_start();
  if (edits == -1) log_sys("warning: cannot watch control/: changes of it hold from HUP on");
  control_start(read_settings, has_life ? FD_LIFE : -1);
  if (admission_start() == -1) log_die(111, "fatal: unable to start");
  places_start();
  dispatchers_start(server->name, server->mode);
  wake_signals((int const []){ SIGTERM, SIGHUP, SIGCHLD, 0 });
  while (turn());
  _exit(0);
}
