/*
 * mail-smtpd.c - takes mail from one SMTP client
 *
 * Runs as    maild, under tcpserver, inetd or systemd, one for each connection; as the caller for sendmail -bs
 * Reads      fd 0: the client; control/, and tcpserver's environment, before the client's first byte
 * Writes     fd 1: the client; fd 2: the log; the queue service's socket (door/submit.h), questions to
 *            mail-lookup (door/lookup.h)
 * Trusts     control/, the environment; nobody on fd 0; mail-lookup and the queue service for their answers alone
 * If broken  a stranger can queue mail marked "from network", ask who exists here, and lie to this one client;
 *            no file, no other session and no process is in reach
 * Exits      0 when the session is over; 111 when it could not be begun (the client has been told 421)
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "in/rules.h"
#include "in/session.h"
#include "lib/conf/conf.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/priv/priv.h"

#define FILES_MAX 16
#define MEMORY_MAX 268435456    /* bytes of address space: lists of domains at their largest, and 1 MB of recipients */

static char const unavailable[] = "421 4.3.0 this host cannot take mail now\r\n";

static void die(char const *what)
{
  log_sys("fatal: ", what, (char *)0);
  io_write(1, unavailable, sizeof unavailable - 1);
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

int main(void)
{
  static struct rules rules;
  static struct session session;
  char const *bad;

  log_name("mail-smtpd");
  save_log();
  io_close_from(3);
  signal(SIGPIPE, SIG_IGN);
  if (!geteuid() && priv_become(conf_users[CONF_IN].uid, conf_users[CONF_IN].gid) == -1) die("cannot become maild");
  bad = rules_read(&rules);
  if (bad) {
    log_sys("fatal: cannot use control/", bad, (char *)0);
    io_write(1, unavailable, sizeof unavailable - 1);
    _exit(111);
  }
  session_start(&session, &rules, 0, 1);
  if (priv_limits(FILES_MAX, MEMORY_MAX) == -1) die("cannot set limits");
  if (priv_lock(PRIV_UNIX, 0, 0) == -1) die("cannot lock in");
  session_run(&session);
  _exit(0);
}
