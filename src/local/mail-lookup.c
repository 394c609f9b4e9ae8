/*
 * mail-lookup.c - say who gets the mail for an address
 *
 * Runs as    mailp for mail-lspawn; with -l as mailv, for mail-smtpd
 * Reads      fd 3: questions (door/lookup.h) from mail-lspawn, or with -l connections to run/verify/lookup;
 *            control/, users/cdb, the password file, names of .qmail files in homes (mail-users(5))
 * Writes     answers to where the question came from
 * Trusts     the tables and the name service; nobody for addresses
 * If broken  as mailp: mail goes to the wrong user, but never to root, the suite's own, or what is under minuid and
 *            mingid (mail-lspawn checks); as mailv: wrong answers at RCPT. No message is ever seen here
 * Exits      0 when fd 0 ends or mail-lspawn is gone; 111 when it cannot go on; 100 wrong usage
 *
 * The only program with the name service, so the only one that is linked dynamically; only the pool's workers ask
 * it, and read. Settings and tables are looked at for every question: a change acts at once, and HUP has nothing to do.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "door/fds.h"
#include "lib/conf/conf.h"
#include "lib/conf/control.h"
#include "lib/io/accept.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/packet.h"
#include "lib/io/wake.h"
#include "lib/priv/priv.h"
#include "local/kept.h"
#include "local/pool.h"
#include "local/who.h"

#define CLIENTS 200             /* connections of mail-smtpd; beyond, the one that has been idle longest is closed */
#define FILES_MAX 512
#define REST_MS 5000            /* without an answer, until memory is given back */
#define ANSWER_WAIT 30000       /* ms for mail-lspawn to take an answer */

struct client {
  int fd;                       /* -1: free */
  uint32_t generation;          /* an answer for a connection that is gone finds another number */
  unsigned int asked;           /* questions under way */
  long long active;
};

static struct client clients[CLIENTS];
static int used;                /* those beyond are free */
static int listener = -1;
static int closing;
static long long rests = WAKE_NEVER;    /* from then on, if no answer is given */
static long long accept_again;  /* not before: the kernel has no room for another descriptor */

static void drop(struct client *c)
{
  close(c->fd);
  c->fd = -1;
  c->generation++;
  c->asked = 0;
  while (used && clients[used - 1].fd == -1) used--;
}

static void answer(uint64_t tag, struct lookup_answer *a)
{
  struct client *c = clients + (tag & 0xffffffffU);
  char buf[LOOKUP_RECORD_MAX];
  size_t len;

  rests = io_clock() + REST_MS;
  if (listener != -1) a->from.lasts = 0;        /* what it came from is nobody's business there */
  len = lookup_answer_pack(a, buf);
  if (c->fd == -1 || c->generation != (uint32_t)(tag >> 32)) return;
  c->asked--;
  if (listener == -1) io_wait(c->fd, POLLOUT, ANSWER_WAIT);
  if (len && packet_send(c->fd, buf, len, -1) != -1) return;
  if (listener == -1 && !closing) log_die(111, "fatal: unable to answer mail-lspawn");
  drop(c);
}

/* in a worker, which knows nothing at first */
static void look_up(struct pool_task const *t, struct lookup_answer *a)
{
  static uint32_t tables;

  if (t->tables != tables) who_forget();
  tables = t->tables;
  who_answer(&t->q, a);
}

static void done(struct pool_task const *t, struct lookup_answer *a)
{
  kept_add(&t->q, t->tables, a);
  answer(t->tag, a);
}

static void ask(struct client *c, struct pool_task *t)
{
  static struct lookup_answer a;

  c->active = io_clock();
  c->asked++;
  t->tag = (uint64_t)c->generation << 32 | (uint64_t)(c - clients);
  if (kept_find(&t->q, &a, &t->tables)) answer(t->tag, &a);
  else pool_ask(t);
}

static void question(struct client *c)
{
  static struct pool_task t;
  char buf[LOOKUP_RECORD_MAX];
  ssize_t r = packet_recv(c->fd, buf, sizeof buf, 0);

  if (r == -1 && errno == EAGAIN) return;
  if (r > 0 && lookup_question_unpack(&t.q, buf, (size_t)r) && (listener == -1 || t.q.kind == LOOKUP_VERIFY)) {
    ask(c, &t);
    return;
  }
  if (listener == -1) {
    if (r) log_diex(111, "fatal: a question of mail-lspawn was not understood");
    closing = 1;        /* it has ended; mail-start knows whether that is right */
    return;
  }
  if (r) log_line("error: a question was not understood");
  drop(c);
}

static void accept_one(void)
{
  struct client *c = clients, *idle = 0;
  int fd = accept_next(listener, SOCK_NONBLOCK, &accept_again);

  if (fd == -1) return;
  for (; c < clients + CLIENTS && c->fd != -1; c++)
    if (!c->asked && (!idle || c->active < idle->active)) idle = c;
  if (c == clients + CLIENTS) {
    c = idle;
    if (c) drop(c);
  }
  if (!c) {
    close(fd);          /* all are waiting for answers; the caller takes this for "later" */
    return;
  }
  c->fd = fd;
  c->active = io_clock();
  if (c == clients + used) used++;
}

/* May it ask now? A session of mail-smtpd has one question under way, so that none can fill the pool. */
static int may_ask(struct client const *c)
{
  return !closing && (listener == -1 || !c->asked);
}

static void rest(void)
{
  if (rests > io_clock()) return;
  kept_forget();
  rests = WAKE_NEVER;
}

/* One round: 0 when it is time to go. */
static int turn(void)
{
  static struct pollfd p[2 + POOL_WORKERS + CLIENTS + WAKE_OWN];
  struct pollfd *pool = p + 2, *mine = pool + POOL_WORKERS;
  int i, heard = used, full = accept_again > io_clock();
  long long until;

  rest();
  pool_before(pool, &until);
  if (rests < until) until = rests;
  if (closing && !pool_busy()) return 0;
  p[0] = (struct pollfd){ .fd = closing ? -1 : FD_LIFE, .events = POLLIN };
  p[1] = (struct pollfd){ .fd = closing || full ? -1 : listener, .events = POLLIN };
  for (i = 0; i < heard; i++)
    mine[i] = (struct pollfd){ .fd = may_ask(clients + i) ? clients[i].fd : -1, .events = POLLIN };
  wake_poll(p, (size_t)(2 + POOL_WORKERS + heard), full && accept_again < until ? accept_again : until);
  if (wake_heard(SIGTERM) || p[0].revents) closing = 1;
  for (i = 0; i < heard; i++)
    if (mine[i].fd != -1 && mine[i].revents) question(clients + i);
  pool_after(pool);
  if (p[1].revents) accept_one();
  return 1;
}

/* What modules of the name service read beside the system's libraries: the password file (its directory, since every
   change makes a new file), further ones of some systems, sssd's memory, systemd's users. */
static char const *const service_paths[] = {
  "/etc", "/usr/etc", "/var/db", "/var/lib/misc", "/var/lib/extrausers", "/var/lib/sss/mc", "/run/userdb",
  "/run/host/userdb", "/run/systemd/userdb"
};
#define SERVICE_PATHS (sizeof service_paths / sizeof service_paths[0])
#define OWN_PATHS 2             /* control/, users/; of homes it asks only for the status of names, which needs none */
#define MORE_PATHS 16           /* of control/lookuppath */

static struct priv_path paths[SERVICE_PATHS + OWN_PATHS + MORE_PATHS];
static size_t n_paths;

static void add_path(char const *path)
{
  paths[n_paths++] = (struct priv_path){ path, PRIV_READ };
}

static void find_paths(void)
{
  static char control[CONF_PATH_MAX], users[CONF_PATH_MAX];
  static stralloc more = STRALLOC_ZERO;
  char *at, *end;
  size_t i;

  add_path(conf_path(control, "control"));
  add_path(conf_path(users, "users"));
  for (i = 0; i < SERVICE_PATHS; i++) add_path(service_paths[i]);
  if (control_value("lookuppath", &more) == -1) log_die(111, "fatal: unable to read control/lookuppath");
  for (at = more.s; at && *at; at = end) {
    end = at + strcspn(at, ":");
    if (*end) *end++ = 0;
    if (*at != '/' || n_paths == sizeof paths / sizeof paths[0])
      log_diex(111, "fatal: control/lookuppath: at most 16 paths that begin with /, not ", at);
    add_path(at);
  }
}

static int lock_in(unsigned int more)
{
  return priv_lock(PRIV_OPEN | PRIV_UNIX | PRIV_DLOPEN | more, paths, n_paths);
}

static int enter(void)
{
  return lock_in(0);
}

static void prepare(void)
{
  int i;

  for (i = 0; i < CLIENTS; i++) clients[i].fd = -1;
  wake_signals((int const []){ SIGTERM, SIGHUP, SIGALRM, 0 });
  if (chdir(conf_home) == -1) log_die(111, "fatal: unable to change to ", conf_home);
  find_paths();
  if (io_nonblock(LOOKUP_SOCKET) == -1) log_diex(111, "fatal: it is mail-start that runs this");
  if (priv_limits(FILES_MAX, 0) == -1 || lock_in(PRIV_FORK | PRIV_KILL | (listener == -1 ? 0 : PRIV_ACCEPT)) == -1)
    log_die(111, "fatal: unable to lock in");
  pool_init(enter, look_up, done);
}

int main(int argc, char **argv)
{
  log_name("mail-lookup");
  if (argc > 2 || (argc == 2 && strcmp(argv[1], "-l"))) log_diex(100, "usage: mail-lookup [-l]");
  if (argc == 2) listener = LOOKUP_SOCKET;
  prepare();
  if (listener == -1) {
    clients[0].fd = LOOKUP_SOCKET;
    used = 1;
  }
  while (turn()) ;
  return 0;
}
