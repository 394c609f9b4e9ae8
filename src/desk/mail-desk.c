/*
 * mail-desk.c - what operators see of the queue and order, for mail-q
 *
 * Runs as    mailo, group mails, started by mail-start; a process for each connection. mail-desk -1 (by mail-q, as
 *            root, where no service runs) serves the one at descriptor 3, and nothing can be ordered
 * Reads      connections to run/desk/desk (door/ask.h), which the folder's mode allows to root and the operators'
 *            group; queue/todo, queue/state, control/, the callers' names in /etc/passwd; verdicts of mail-send
 * Writes     answers; orders to mail-send (door/order.h)
 * Trusts     the kernel for who calls; its processes only to order for the caller that they have
 * If broken  a process: what envelopes and replies say, and orders in its caller's name; the parent: any order, in any
 *            name. Neither can read a message, send mail elsewhere or reach the network
 * Exits      0 at TERM, or when mail-start is gone; 100 wrong usage; 111 when mail-send is gone, or it cannot work
 * Why so     the parent reads no byte of a caller: what it counts, and who it says has asked, holds
 */

#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "desk/answer.h"
#include "desk/call.h"
#include "door/fds.h"
#include "door/order.h"
#include "lib/conf/conf.h"
#include "lib/conf/passwd.h"
#include "lib/io/accept.h"
#include "lib/io/ended.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/packet.h"
#include "lib/io/spawn.h"
#include "lib/io/wake.h"
#include "lib/msg/utf8.h"
#include "lib/priv/priv.h"

#define PLACES 16               /* connections at a time */
#define PLACES_OF_ONE 8         /* of one uid, but root */
#define PLACES_OF_ROOT 2        /* that others leave free */
#define UNDER_WAY 4             /* orders at mail-send at a time; of one connection: one */
#define END_MS 5000             /* between the end of mail-send and that of its neighbours, at most */
#define FILES 64
#define MEMORY ((size_t)1 << 30)        /* bytes of a process: a queue of some millions */

struct place {
  pid_t pid;                    /* of its process; 0: that has ended */
  int sock;                     /* to it; -1: it is not heard any more */
  uid_t uid;
  uint32_t number;              /* of its order, while waits */
  int waits;
  int named;                    /* its first record has come, with its caller's name: */
  char name[DESK_NAME_MAX + 1];
};

static struct place places[PLACES];
static unsigned int under_way, turn_of;
static uint32_t last_number;
static long long paused;

/* --- in the process of one connection */

static void lock_further(void)
{
  struct priv_path const paths[] = { { "todo", PRIV_READ }, { "state", PRIV_READ } };

  if (priv_lock(PRIV_OPEN, paths, sizeof paths / sizeof *paths) == -1) log_die(111, "unable to lock myself in");
}

static void look_at_settings(void)
{
  char const *bad = waits_settings();

  if (bad) log_line("warning: cannot read control/", bad);       /* errno tells of a mistake in it nothing */
}

static _Noreturn void work(int client, int parent, uid_t uid)
{
  char const *name = passwd_name(uid);

  close(FD_LIFE);
  wake_obey_term();
  if (!name || strlen(name) > DESK_NAME_MAX || !utf8_text(name)) name = "";
  if (packet_send(parent, name, strlen(name) + 1, -1) == -1) _exit(111);
  look_at_settings();
  lock_further();
  call_serve(client, parent);
}

/* --- the parent */

/* A process counts as long as it lives, whether or not it is heard, and an order until mail-send has answered. */
static int taken(struct place const *p)
{
  return p->pid || p->waits;
}

/* A free place; null, with why in words. */
static struct place *find_place(uid_t uid, char const **why)
{
  struct place *p, *found = 0;
  unsigned int n = 0, unused = 0;

  for (p = places; p < places + PLACES; p++) {
    if (!taken(p)) found = p;
    unused += !taken(p);
    n += taken(p) && p->uid == uid;
  }
  *why = "all connections are in use";
  if (uid && n >= PLACES_OF_ONE) {
    *why = "you have as many connections as you may have";
    return 0;
  }
  return uid && unused <= PLACES_OF_ROOT ? 0 : found;
}

static void refuse(int client, char const *why)
{
  char buf[ASK_ITEM_MAX];
  struct pack p = { .s = buf, .size = sizeof buf };
  struct ask_item i = { .kind = ASK_END, .end = ASK_BUSY, .text = { why, strlen(why) } };

  ask_answer_start(&p);
  ask_item_pack(&p, &i);
  packet_send(client, p.s, p.len, -1);
}

static void leave(struct place *p)
{
  if (p->sock != -1) close(p->sock);
  p->sock = -1;
}

static void take_in(int client)
{
  struct ucred cred;
  socklen_t len = sizeof cred;
  struct place *p;
  char const *why;
  pid_t pid;
  int sock;

  if (getsockopt(client, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1) return;
  p = find_place(cred.uid, &why);
  if (!p) {
    refuse(client, why);
    return;
  }
  pid = spawn_copy(&sock, &client, 1);
  if (!pid) work(client, sock, cred.uid);
  if (pid == -1) {
    log_sys("error: unable to start a process for a caller");
    refuse(client, "no process can be started now");
    paused = io_clock() + 1000;
    return;
  }
  *p = (struct place){ .pid = pid, .sock = sock, .uid = cred.uid };
  if (io_nonblock(sock) == -1) leave(p);
}

static void accept_one(void)
{
  int client = accept_next(DESK_LISTEN, SOCK_NONBLOCK, &paused);

  if (client == -1) return;
  take_in(client);
  close(client);
}

static void take_name(struct place *p, char const *s, size_t len)
{
  if (len > sizeof p->name || s[len - 1]) {
    leave(p);
    return;
  }
  memcpy(p->name, s, len);
  p->named = 1;
}

/* Who asks is what the parent knows. */
static void pass_on(struct place *p, struct desk_order *o)
{
  char buf[DESK_ORDER_MAX];
  size_t len;

  o->number = p->number = ++last_number;
  o->uid = p->uid;
  memcpy(o->name, p->name, sizeof o->name);
  len = desk_order_pack(o, buf);
  if (!len || packet_send(DESK_SEND, buf, len, -1) == -1) {
    leave(p);
    return;
  }
  p->waits = 1;
  under_way++;
}

static void hear_process(struct place *p)
{
  static struct desk_order o;
  char buf[DESK_ORDER_MAX];
  ssize_t r = packet_recv(p->sock, buf, sizeof buf, 0);

  if (r == -1 && packet_again() > 0) return;
  if (r <= 0) leave(p);
  else if (!p->named) take_name(p, buf, (size_t)r);
  else if (desk_order_unpack(&o, buf, (size_t)r)) pass_on(p, &o);
  else {
    log_line("error: an order that is none");
    leave(p);
  }
}

/* 0 when mail-send is gone. */
static int hear_send(void)
{
  static struct desk_answer a;
  char buf[DESK_ANSWER_MAX];
  ssize_t r = packet_recv(DESK_SEND, buf, sizeof buf, 0);
  struct place *p = places;

  if (r == -1 && packet_again() > 0) return 1;
  if (r <= 0) return 0;
  if (!desk_answer_unpack(&a, buf, (size_t)r)) {
    log_line("error: an answer of mail-send was not understood");
    return 1;
  }
  while (p < places + PLACES && !(p->waits && p->number == a.number)) p++;
  if (p == places + PLACES) return 1;
  p->waits = 0;
  under_way--;
  if (p->sock == -1 || packet_send(p->sock, buf, (size_t)r, -1) == -1) leave(p);
  return 1;
}

static void ended(pid_t pid)
{
  struct place *p = places;

  while (p < places + PLACES && p->pid != pid) p++;
  if (p == places + PLACES) return;
  leave(p);
  p->pid = 0;
}

static void reap(void)
{
  int status;
  pid_t pid;

  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
    ended(pid);
    ended_badly("child", pid, status);
  }
}

/* May it order now? The processes take turns: one order each. */
static int may_order(struct place const *p)
{
  return p->pid && p->sock != -1 && !p->waits && under_way < UNDER_WAY;
}

/* mail-send is gone. In an orderly end it is the first to go, and mail-start lets go of the others next. */
static int orderly(void)
{
  struct pollfd p[1 + WAKE_OWN] = { { .fd = FD_LIFE, .events = POLLIN } };
  long long until = io_clock() + END_MS;
  int ends;

  do {
    wake_poll(p, 1, until);
    ends = p->revents || wake_heard(SIGTERM);
  } while (!ends && io_left(until));
  return ends;
}

/* One round; -1 to go on, else the exit code. */
static int turn(void)
{
  struct pollfd polled[3 + PLACES + WAKE_OWN], *of = polled + 3;
  int waits = paused > io_clock();
  unsigned int i;

  polled[0] = (struct pollfd){ .fd = FD_LIFE, .events = POLLIN };
  polled[1] = (struct pollfd){ .fd = waits ? -1 : DESK_LISTEN, .events = POLLIN };
  polled[2] = (struct pollfd){ .fd = DESK_SEND, .events = POLLIN };
  for (i = 0; i < PLACES; i++)
    of[i] = (struct pollfd){ .fd = may_order(places + i) ? places[i].sock : -1, .events = POLLIN };
  wake_poll(polled, 3 + PLACES, waits ? paused : WAKE_NEVER);
  if (wake_heard(SIGCHLD)) reap();
  if (wake_heard(SIGTERM) || polled[0].revents) return 0;
  wake_heard(SIGHUP);           /* each connection reads settings anew */
  if (polled[2].revents && !hear_send()) return 111;
  for (i = 0; i < PLACES; i++) {
    unsigned int at = (turn_of + i) % PLACES;
    if (of[at].fd != -1 && of[at].revents && under_way < UNDER_WAY) hear_process(places + at);
  }
  turn_of = (turn_of + 1) % PLACES;
  if (polled[1].revents) accept_one();
  return -1;
}

static void enter(void)
{
  if (chdir(conf_home) == -1 || chdir("queue") == -1) log_die(111, "unable to enter ", conf_home, "/queue");
  if (priv_limits(FILES, MEMORY) == -1) log_sys("warning: unable to bound files and memory");
}

static _Noreturn void serve_one(void)
{
  enter();
  io_close_from(DESK_LISTEN + 1);
  if (io_nonblock(DESK_LISTEN) == -1) log_die(111, "no connection at descriptor 3");
  look_at_settings();
  lock_further();
  call_serve(DESK_LISTEN, -1);
}

static void lock_in(void)
{
  char control[CONF_PATH_MAX];
  struct priv_path const paths[] = { { "todo", PRIV_READ }, { "state", PRIV_READ }, { "/etc", PRIV_FILES },
                                     { conf_path(control, "control"), PRIV_READ } };

  if (priv_lock(PRIV_OPEN | PRIV_ACCEPT | PRIV_FORK, paths, sizeof paths / sizeof *paths) == -1)
    log_die(111, "unable to lock myself in");
}

int main(int argc, char **argv)
{
  int r;

  log_name("mail-desk");
  if (argc == 2 && !strcmp(argv[1], "-1")) serve_one();
  if (argc != 1) log_diex(100, "usage: mail-desk (mail-start starts it)");
  enter();
  io_close_from(DESK_SEND + 1);
  if (io_nonblock(DESK_LISTEN) == -1 || io_nonblock(DESK_SEND) == -1)
    log_diex(111, "fatal: it is mail-start that runs this");
  wake_signals((int const []){ SIGTERM, SIGHUP, SIGCHLD, 0 });
  lock_in();
  while ((r = turn()) == -1);
  if (!r || orderly()) return 0;
  log_line("warning: mail-send is gone");
  return r;
}
