/* start.c - see start.h */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "in/dnscheck.h"
#include "in/front.h"
#include "in/proxy.h"
#include "in/start.h"
#include "in/starter.h"
#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/priv/priv.h"

#define FILES_MAX 16
#define MEMORY_MAX 268435456    /* bytes of address space: lists of domains at their largest, and 16 MB of recipients */

#define HEADER_SECONDS 30       /* for a front end's header: it has nothing to wait for */

static char const *last_words;
static int fronted;             /* the peer is a front end */

static _Noreturn void die(char const *what, char const *which)
{
  if (errno == EINVAL) log_line("fatal: ", what, which);        /* the log has more about it */
  else log_sys("fatal: ", what, which);
  io_write(1, last_words, strlen(last_words));
  _exit(111);
}

static int same_socket(int fd, struct stat const *log)
{
  struct stat st;

  return S_ISSOCK(log->st_mode) && !fstat(fd, &st) && st.st_dev == log->st_dev && st.st_ino == log->st_ino;
}

/* inetd makes the client's connection fd 2 as well: a log line there would be part of the dialogue. There is no log
   then. A closed fd 2 would become the first file opened. */
static void save_log(void)
{
  struct stat log;
  int null;

  if (fcntl(0, F_GETFD) == -1 || fcntl(1, F_GETFD) == -1) _exit(111);
  if (!fstat(2, &log) && !same_socket(0, &log) && !same_socket(1, &log)) return;
  null = open("/dev/null", O_WRONLY);
  if (null == -1 || (null != 2 && dup2(null, 2) == -1)) _exit(111);
  if (null != 2) close(null);
}

static char const *program_named(char const *variable)
{
  char const *s = getenv(variable);

  return s && *s ? s : 0;
}

/* The programs' starter stays unlocked, so it must be there before anything is read from outside */
static void start_hooks(enum rules_protocol of, struct rules const *rules)
{
  static struct starter_programs programs;

  if (of != RULES_QMQP || rules->relayclient) programs.queue = program_named("QMAILQUEUE");
  if (of != RULES_QMQP) programs.check = program_named("RCPTCHECK");
  programs.fronted = fronted;
  if ((programs.queue || programs.check) && starter_start(&programs) == -1) die("cannot start programs", "");
}

/* RELAYCLIENT was set for the front end's address: it is no permission for whoever comes through it */
static void meet(struct rules *rules, struct peer *peer)
{
  peer_find(peer, 0);
  fronted = front_is(peer->ip);
  if (!fronted) return;
  rules->relayclient = 0;
  unsetenv("RELAYCLIENT");
}

void start(char const *name, enum rules_protocol of, char const *unavailable, struct rules *rules, struct peer *peer)
{
  struct conf_user const *maild = conf_users + CONF_IN;
  char const *bad;

  last_words = unavailable;
  log_name(name);
  save_log();
  io_close_from(3);
  signal(SIGPIPE, SIG_IGN);
  if (!geteuid() && priv_become(maild->uid, maild->gid) == -1) die("cannot become maild", "");
  bad = rules_read(rules, of);
  if (!bad) bad = front_start();
  if (bad) die("cannot use control/", bad);
  meet(rules, peer);
  bad = of != RULES_QMQP ? dnscheck_start(rules->relayclient ? 0 : peer->ip) : 0;
  if (bad) die("cannot use control/", bad);
  start_hooks(of, rules);
}

static void hear(struct rules const *rules, struct peer *peer)
{
  unsigned int seconds = rules->timeoutsmtpd < HEADER_SECONDS ? rules->timeoutsmtpd : HEADER_SECONDS;
  struct proxy said;
  char const *wrong;

  if (rules->sessiontime && rules->sessiontime < seconds) seconds = rules->sessiontime;
  wrong = proxy_read(&said, 0, io_clock() + seconds * 1000LL);

  if (wrong) {
    log_start();
    log_count("session ended pid=", getpid());
    peer_log(peer);
    log_text(": the front end's PROXY header: ");
    log_text(wrong);
    log_end();
    _exit(0);
  }
  if (!said.told) return;
  peer_replace(peer, said.ip, said.local_ip);
  starter_tell(&said);
}

void start_lock(struct rules const *rules, struct peer *peer)
{
  if (priv_limits(FILES_MAX, MEMORY_MAX) == -1) die("cannot set limits", "");
  if (priv_lock(PRIV_UNIX, 0, 0) == -1) die("cannot lock in", "");
  if (fronted) hear(rules, peer);
}
