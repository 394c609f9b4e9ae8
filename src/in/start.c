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
#include "in/resolver.h"
#include "in/start.h"
#include "in/starter.h"
#include "lib/conf/conf.h"
#include "lib/conf/listing.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/priv/priv.h"

#define FILES_MAX 16
#define MEMORY_MAX 268435456    /* bytes of address space: lists of domains at their largest, and 16 MB of recipients */

static char const *last_words;

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
static void start_hooks(int of, struct rules const *rules, int fronted)
{
  static struct starter_programs programs;

  if (of != RULES_QMQP || rules->relayclient) programs.queue = program_named("QMAILQUEUE");
  if (of != RULES_QMQP) programs.check = program_named("RCPTCHECK");
  programs.fronted = fronted;
  if ((programs.queue || programs.check) && starter_start(&programs) == -1) die("cannot start programs", "");
}

int start_as_maild(void)
{
  struct conf_user const *maild = conf_users + CONF_IN;

  return geteuid() ? 0 : priv_become(maild->uid, maild->gid);
}

char const *start_settings(struct server const *s, struct rules *rules)
{
  char const *bad;

  listing_start();
  bad = rules_read(rules, s->protocol);
  if (!bad) bad = front_start();
  if (!bad && !(s->protocol & (RULES_QMQP | RULES_SUBMISSION))) bad = dnscheck_start();
  listing_end();
  return bad;
}

void start(struct server const *s)
{
  static struct visit visit = { .in = 0, .out = 1, .orders = -1 };
  char const *bad;
  int fronted;

  last_words = s->unavailable;
  log_name(s->name);
  save_log();
  ucspi_find(&visit.ucspi);
  signal(SIGPIPE, SIG_IGN);
  if (start_as_maild() == -1) die("cannot become maild", "");
  bad = start_settings(s, &visit.rules);
  if (bad) die("cannot use control/", bad);
  peer_find(&visit.peer, 0);
  fronted = visit_fronted(&visit);
  if (fronted) unsetenv("RELAYCLIENT");
  if (!visit.rules.relayclient && dnscheck_asks(*visit.peer.ip != 0) && resolver_start() == -1)
    die("cannot use control/", "dnsservers");
  start_hooks(s->protocol, &visit.rules, fronted);
  if (priv_limits(FILES_MAX, MEMORY_MAX) == -1) die("cannot set limits", "");
  if (priv_lock(PRIV_UNIX, 0, 0) == -1) die("cannot lock in", "");
  if (!fronted || visit_hear(&visit)) s->serve(&visit);
  _exit(0);
}
