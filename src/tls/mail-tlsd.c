/*
 * mail-tlsd.c - speak TLS for mail-smtpd (-s) and for mail-remote (-c), a process for each connection; compute SCRAM
 *
 * Runs as    mailt, started by mail-start; a process of its own for each connection, forked before a byte of it is read
 * Reads      requests and network connections by run/tlsin/tls or run/tlsout/tls (door/tls.h), logins by the latter
 *            (door/scram.h); certificates below tls/ (-s), CA files (-c); control/tls*
 * Writes     TLS to the network, what it meant to the plain side, signatures' texts to run/key/key (-s)
 * Trusts     the kernel for who calls (SO_PEERCRED); mailr for which certificate is demanded
 * If broken  a process reads and alters its own connection, and has one handshake of its choice signed, or has one
 *            password for another host; no key, no other connection, no file, no network of its own
 * Exits      0 at TERM or when mail-start is gone (what is under way goes on), or to start anew for other CA files;
 *            100 usage; 111 when it cannot work, or a process of a connection died of a signal
 * Why so     OpenSSL, which hears the network first, is where neither a key nor SMTP nor the queue is
 */

#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <openssl/ssl.h>

#include "door/fds.h"
#include "door/sign.h"
#include "lib/conf/conf.h"
#include "lib/conf/control.h"
#include "lib/io/accept.h"
#include "lib/io/ended.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/io/spawn.h"
#include "lib/io/wake.h"
#include "lib/priv/priv.h"
#include "tls/certs.h"
#include "tls/context.h"
#include "tls/keyprovider.h"
#include "tls/memory.h"
#include "tls/session.h"
#include "tls/trust.h"
#include "tls/warm.h"

#define FILES 64                /* open ones: a connection is the parent's for a moment only */
#define MEMORY 536870912        /* bytes of each process: 10,000 certificates have room */
#define ACCEPTS 64              /* connections in a row */
#define GENERATION 10000        /* connections of one layout in memory: then it starts anew */

static struct session session;
static unsigned int connections;        /* that there may be */
static unsigned int there, begun;       /* that are, and have been */
static long long paused;                /* no accepting before that time */

/* 0, or -1 when one cannot be used; then all stay as they were */
static int read_settings(void)
{
  unsigned int most, idle;
  SSL_CTX *c;

  if (control_number("tlsconnections", &most) == -1 || control_number("tlsidle", &idle) == -1) return -1;
  if (!session.server && trust_read() == -1) return -1;
  c = context_make(session.server);
  if (!c) return -1;
  warm(c, session.server);
  SSL_CTX_free(session.context);
  session.context = c;
  session.idle = idle;
  connections = most;
  return 0;
}

static void start_server(void)
{
  if (keyprovider_start() == -1) log_diex(111, "unable to start the provider of keys");
  if (certs_start() == -1) log_die(111, "unable to read the certificates in ", conf_home, "/tls");
  if (!certs_count()) log_line("warning: there is no certificate in ", conf_home, "/tls: no TLS until then");
}

static void lock_in(void)
{
  struct priv_path paths[2 + TRUST_FILES_MAX] = { { "control", PRIV_READ }, { "tls", PRIV_READ } };
  size_t n = session.server ? 2 : 1;

  if (!session.server) n += trust_paths(paths + n);
  if (priv_lock(PRIV_OPEN | PRIV_ACCEPT | PRIV_FORK | (session.server ? PRIV_UNIX : 0), paths, n) == -1)
    log_die(111, "unable to lock myself in");
}

static int may_call(int fd)
{
  struct ucred cred;
  socklen_t len = sizeof cred;
  uid_t uid = conf_users[session.server ? CONF_IN : CONF_REMOTE].uid;

  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0 && len == sizeof cred && cred.uid == uid) return 1;
  log_line("error: somebody calls who is not ", conf_users[session.server ? CONF_IN : CONF_REMOTE].role);
  return 0;
}

static _Noreturn void serve(int fd)
{
  close(FD_LIFE);
  if (priv_lock(0, 0, 0) == -1) log_die(111, "unable to lock in a connection's process");
  session_live(&session, fd);
}

/* A process for it; null, or why there is none. */
static char const *begin(int fd)
{
  pid_t pid;

  if (there >= connections) return "too many TLS connections";
  if (session.server) {
    certs_look();
    if (!certs_count()) return "there is no certificate";
    session.key = sign_connect();
    if (session.key == -1) return "the service of the keys is not there";
  }
  pid = spawn_alone((int const []){ fd, session.key }, session.key == -1 ? 1 : 2);
  if (!pid) serve(fd);
  io_close_keep(session.key);
  session.key = -1;
  if (pid == -1) return "no process for TLS";
  there++;
  begun++;
  return 0;
}

static void take_in(int fd)
{
  char const *why = may_call(fd) ? begin(fd) : "this user may not call";

  if (why) {
    log_line("refused: ", why);
    session_refuse(fd, why);
  }
  close(fd);
}

static void accept_some(void)
{
  int i, fd;

  for (i = 0; i < ACCEPTS && (fd = accept_next(TLSD_LISTEN, SOCK_NONBLOCK, &paused)) != -1; i++) take_in(fd);
}

/* One that died of a signal may be somebody's attempt to break in. The next must not find the same layout and canary,
   which they have from here: mail-tlsd ends then, and mail-start starts it anew. */
static int reap(void)
{
  int sound = 1, status;
  pid_t pid;

  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
    if (there) there--;
    if (ended_badly("child", pid, status)) sound = 0;
  }
  return sound;
}

static void read_again(void)
{
  log_line(read_settings() == -1 ? "the old settings stay" : "settings read");
  if (!session.server && trust_beyond()) log_diex(0, "starting anew, to read other CA files");
}

/* One round. 0 when it is time to end. */
static int turn(void)
{
  struct pollfd p[2 + WAKE_OWN] = { { .fd = FD_LIFE, .events = POLLIN }, { .fd = TLSD_LISTEN, .events = POLLIN } };
  int waits = io_clock() < paused;

  if (waits) p[1].fd = -1;
  wake_poll(p, 2, waits ? paused : WAKE_NEVER);
  if (wake_heard(SIGCHLD) && !reap()) log_diex(111, "starting anew");
  if (wake_heard(SIGHUP)) read_again();
  if (wake_heard(SIGTERM) || p[0].revents || begun >= GENERATION) return 0;
  if (p[1].revents) accept_some();
  return 1;
}

int main(int argc, char **argv)
{
  log_name("mail-tlsd");
  if (argc != 2 || (strcmp(argv[1], "-s") && strcmp(argv[1], "-c")))
    log_diex(100, "usage: mail-tlsd -s | -c, started by mail-start");
  session = (struct session){ .server = argv[1][1] == 's', .key = -1 };
  io_close_from(TLSD_LISTEN + 1);
  if (chdir(conf_home) == -1) log_die(111, "unable to change to ", conf_home);
  if (!OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, 0))
    log_diex(111, "unable to start OpenSSL");
  if (session.server) start_server();
  control_start(read_settings, FD_LIFE);
  memory_settle();
  if (priv_limits(FILES, MEMORY) == -1) log_sys("warning: unable to bound files and memory");
  if (io_nonblock(TLSD_LISTEN) == -1) log_diex(111, "fatal: it is mail-start that runs this");
  wake_signals((int const []){ SIGTERM, SIGHUP, SIGCHLD, 0 });
  lock_in();
  log_line(session.server ? "ready for clients" : "ready for servers");
  while (turn());
  return 0;
}
