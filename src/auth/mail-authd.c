/*
 * mail-authd.c - check who logs in, for mail-smtpd: passwords never reach it
 *
 * Runs as    mailc, started by mail-start; a process for each login, and for its session where it succeeds
 * Reads      connections to run/auth/auth (door/auth.h) from maild alone; users/passwords, or what control/authbackend
 *            has in its place: Dovecot's socket, a program's exit; control/auth*, control/login*
 * Writes     challenges, replies, and what a login may send as; log lines of failures
 * Trusts     the kernel for who calls; nobody for a login; its processes only to count their own
 * If broken  a process: all hashes of passwords, and any login for its session; not keys, queue, messages or network.
 *            A password program is not locked in: it can do what user mailc can
 * Exits      0 at TERM, when mail-start is gone, or at HUP when control/authbackend has changed; 100 wrong usage; 111
 *            when it cannot work, or a process died of a signal
 * Why so     the parent never reads a client's byte, so that what it counts holds over all sessions
 */

#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "auth/attempt.h"
#include "auth/checkpassword.h"
#include "auth/passwords.h"
#include "auth/rights.h"
#include "auth/tell.h"
#include "auth/throttle.h"
#include "door/fds.h"
#include "lib/conf/conf.h"
#include "lib/conf/control.h"
#include "lib/conf/offered.h"
#include "lib/io/accept.h"
#include "lib/io/ended.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/packet.h"
#include "lib/io/spawn.h"
#include "lib/io/wake.h"
#include "lib/priv/priv.h"

#define PLACES 4000             /* processes, whatever the setting says */
#define FILES (PLACES + 32)
#define PAUSE 1000              /* ms without accepting after no process could be made */
#define GRACE 10                /* seconds that we are more patient with a client than mail-smtpd is */

struct place {
  pid_t pid;                    /* of its process; 0: that has ended */
  int sock;                     /* tell.h; -1: it is not heard any more */
  int is_open;                  /* an attempt that is not over: */
  struct throttle_who who;
  char ip[AUTH_IP_MAX + 1];
  char login[AUTH_LOGIN_MAX + 1];
};

struct settings_of_authd {
  unsigned int connections, mechanisms, seconds, idle;
  struct throttle_limits limits;
};

static struct settings_of_authd set;
static stralloc backend_line = STRALLOC_ZERO;   /* at the start: a program's starter is of that time */
static char const *backend_path;
static enum backend backend;
static int starter = -1;
static unsigned char seed[PASSWORDS_SEED];
static struct place *places;
static unsigned int used;       /* places beyond it are free */
static long long paused;

/* 0, or -1 when one cannot be used; then the old numbers stay */
static int read_settings(void)
{
  struct settings_of_authd s;

  if (control_number("authconnections", &s.connections) == -1 || control_number("authtimeout", &s.seconds) == -1
      || control_number("authtries", &s.limits.tries) == -1 || control_number("authwait", &s.limits.wait) == -1
      || control_number("loginmessages", &s.limits.messages) == -1
      || control_number("loginrecipients", &s.limits.recipients) == -1
      || control_number("timeoutsmtpd", &s.idle) == -1 || login_mechanisms(&s.mechanisms) == -1
      || rights_read() == -1) return -1;
  s.idle += GRACE;
  set = s;
  return 0;
}

static int read_all(void)
{
  return read_settings() == -1 || control_value("authbackend", &backend_line) == -1 ? -1 : 0;
}

/* 1 when the passwords are elsewhere now: then all starts anew */
static int backend_changed(void)
{
  static stralloc line = STRALLOC_ZERO;

  return control_value("authbackend", &line) != -1 && strcmp(line.s, backend_line.s);
}

/* --- in the process of one login */

/* What it needs of the system is opened now, before it can hear anybody. */
static int open_file(void)
{
  char path[CONF_PATH_MAX];

  if (backend != BACKEND_FILE) return -1;
  return open(conf_path(path, PASSWORDS_FILE), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

static int open_source(int from_starter)
{
  int fd;

  if (backend == BACKEND_CHECKPASSWORD) return from_starter;
  if (backend == BACKEND_FILE) return -1;
  fd = io_connect_unix(backend_path, SOCK_STREAM, 0);
  if (fd == -1) log_sys("error: cannot connect to ", backend_path);
  return fd;
}

static _Noreturn void work(int client, int from_starter, int parent)
{
  static struct attempt a;

  close(FD_LIFE);
  a = (struct attempt){ .client = client, .parent = parent, .backend = backend, .source = open_source(from_starter),
                        .file = { open_file(), (char const *)seed, sizeof seed }, .mechanisms = set.mechanisms,
                        .idle = set.idle, .seconds = set.seconds };
  if (priv_lock(0, 0, 0) == -1) log_die(111, "unable to lock myself in");
  attempt_run(&a);
}

/* --- the parent */

/* A process counts as long as it lives, and as long as it is heard. */
static int taken(struct place const *p)
{
  return p->pid || p->sock != -1;
}

static struct place *free_place(void)
{
  unsigned int i, n = 0;
  struct place *found = 0;

  for (i = 0; i < used; i++) {
    if (taken(places + i)) n++;
    else if (!found) found = places + i;
  }
  if (n >= set.connections) return 0;
  return found ? found : used < PLACES ? places + used++ : 0;
}

/* Without a process for it: what it would say. */
static void refuse(int client, char const *reply)
{
  struct auth_answer a = { .kind = AUTH_END, .status = AUTH_LATER };
  char buf[AUTH_RECORD_MAX];

  memcpy(a.reply, reply, strlen(reply) + 1);
  packet_send(client, buf, auth_answer_pack(&a, buf), -1);
  log_line("auth delayed: ", reply);
}

/* 0, or -1 with errno */
static int start_process(struct place *p, int client)
{
  int from_starter = -1, keep[2], sock;
  pid_t pid;

  if (backend == BACKEND_CHECKPASSWORD) from_starter = checkpassword_socket(starter);
  if (backend == BACKEND_CHECKPASSWORD && from_starter == -1) return -1;
  keep[0] = client;
  keep[1] = from_starter;
  pid = spawn_copy(&sock, keep, from_starter == -1 ? 1 : 2);
  if (!pid) work(client, from_starter, sock);
  io_close_keep(from_starter);
  if (pid == -1) return -1;
  if (io_nonblock(sock) == -1) log_die(111, "unable to use a socket");
  *p = (struct place){ .pid = pid, .sock = sock };
  return 0;
}

static void take_in(int client)
{
  struct ucred cred;
  socklen_t len = sizeof cred;
  struct place *p;

  if (getsockopt(client, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1 || cred.uid != conf_users[CONF_IN].uid) {
    log_line("error: refused a caller that is not maild");
    return;
  }
  p = free_place();
  if (!p) {
    refuse(client, "454 4.7.0 too many logins at once, try again later");
    return;
  }
  if (start_process(p, client) == 0) return;
  log_sys("error: unable to start a process for a login");
  *p = (struct place){ .sock = -1 };
  paused = io_clock() + PAUSE;
  refuse(client, "454 4.7.0 no login is possible now, try again later");
}

static void accept_one(void)
{
  int client = accept_next(AUTHD_LISTEN, 0, &paused);

  if (client == -1) return;
  take_in(client);
  close(client);
}

static void over(struct place *p, enum throttle_end end)
{
  if (p->is_open) throttle_over(&p->who, end);
  p->is_open = 0;
}

static void try(struct place *p, struct tell const *t, struct told *answer)
{
  over(p, THROTTLE_WRONG);      /* each has one attempt */
  memcpy(p->ip, t->ip, sizeof p->ip);
  memcpy(p->login, t->login, sizeof p->login);
  p->who = (struct throttle_who){ .ip = p->ip, .login = p->login, .local = t->local };
  answer->wait = throttle_try(&p->who, &set.limits);
  p->is_open = !answer->wait;
}

static void drop_free(void)
{
  while (used && !taken(places + used - 1)) used--;
}

/* An attempt that is open has failed then. */
static void gone(struct place *p)
{
  over(p, THROTTLE_WRONG);
  close(p->sock);
  p->sock = -1;
  drop_free();
}

/* What it said last may still be unread. */
static void ended(pid_t pid)
{
  unsigned int i = 0;

  while (i < used && places[i].pid != pid) i++;
  if (i == used) return;
  places[i].pid = 0;
  drop_free();
}

/* The process has said something, or has ended. One that does not read its answers is broken, and is not waited for. */
static void heed(struct place *p)
{
  static struct tell t;
  struct told answer = { 0 };

  if (!tell_take(p->sock, &t)) {
    gone(p);
    return;
  }
  if (t.kind == TELL_OVER) {
    over(p, t.end);
    return;
  }
  if (t.kind == TELL_TRY) try(p, &t, &answer);
  else {
    answer.over = throttle_message(t.login, t.rcpts, &set.limits);
    answer.limit = answer.over == THROTTLE_MESSAGES ? set.limits.messages : set.limits.recipients;
  }
  if (packet_send(p->sock, (char const *)&answer, sizeof answer, -1) == -1) gone(p);
}

/* As in mail-queued: after one that died of a signal the next one must not find the same layout and canary. */
static int reap(void)
{
  int sound = 1, status;
  pid_t pid;

  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
    ended(pid);
    if (ended_badly("child", pid, status)) sound = 0;
  }
  return sound;
}

/* One round. 0 when it is time to end. */
static int turn(void)
{
  static struct pollfd polled[2 + PLACES + WAKE_OWN];
  int waits = paused > io_clock();
  unsigned int i, n = used;

  polled[0] = (struct pollfd){ .fd = FD_LIFE, .events = POLLIN };
  polled[1] = (struct pollfd){ .fd = waits ? -1 : AUTHD_LISTEN, .events = POLLIN };
  for (i = 0; i < n; i++) polled[2 + i] = (struct pollfd){ .fd = places[i].sock, .events = POLLIN };
  wake_poll(polled, 2 + n, waits ? paused : WAKE_NEVER);
  if (wake_heard(SIGTERM) || polled[0].revents) return 0;
  if (wake_heard(SIGCHLD) && !reap()) log_die(111, "starting anew");
  if (wake_heard(SIGHUP)) {
    if (backend_changed()) {
      log_line("control/authbackend has changed: starting anew");
      return 0;
    }
    log_line(read_settings() == -1 ? "the old settings stay" : "settings read");
  }
  for (i = 0; i < n; i++)
    if (polled[2 + i].fd != -1 && polled[2 + i].revents) heed(places + i);
  if (polled[1].revents) accept_one();
  return 1;
}

/* All that the library does once is done now: no file of its settings is read, and nothing is loaded later. */
static void start_library(void)
{
  unsigned char out[SHA256_DIGEST_LENGTH];

  if (!OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, 0) || !SHA256(seed, sizeof seed, out))
    log_diex(111, "unable to use the library of cryptography");
}

static void lock_in(void)
{
  char control[CONF_PATH_MAX], users[CONF_PATH_MAX];
  struct priv_path const paths[] = { { conf_path(control, "control"), PRIV_READ },
                                     { conf_path(users, "users"), PRIV_FILES } };
  unsigned int needs = PRIV_OPEN | PRIV_ACCEPT | PRIV_FORK | (backend == BACKEND_DOVECOT ? PRIV_UNIX : 0);

  if (priv_lock(needs, paths, sizeof paths / sizeof *paths) == -1) log_die(111, "unable to lock myself in");
}

int main(int argc, char **argv)
{
  (void)argv;
  log_name("mail-authd");
  if (argc != 1) log_diex(100, "usage: mail-authd (mail-start starts it)");
  io_close_from(AUTHD_LISTEN + 1);
  control_start(read_all, FD_LIFE);
  backend = login_backend(backend_line.s, &backend_path);
  if (getrandom(seed, sizeof seed, 0) != sizeof seed) log_die(111, "no random bytes");
  start_library();
  places = io_own_memory(PLACES * sizeof *places);
  if (!places || throttle_start() == -1) log_die(111, "unable to get memory");
  if (backend == BACKEND_CHECKPASSWORD && (starter = checkpassword_start(backend_path, set.seconds)) == -1)
    log_die(111, "unable to start what starts password programs");
  if (priv_limits(FILES, 0) == -1) log_sys("warning: unable to bound files");
  if (io_nonblock(AUTHD_LISTEN) == -1) log_diex(111, "fatal: it is mail-start that runs this");
  wake_signals((int const []){ SIGTERM, SIGHUP, SIGCHLD, 0 });
  lock_in();
  log_line("ready");
  while (turn());
  return 0;
}
