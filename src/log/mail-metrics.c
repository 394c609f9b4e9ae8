/*
 * mail-metrics.c - make numbers for monitoring systems of what the logs say
 *
 * Runs as    maill, which it becomes when root starts it
 * Reads      the logs: files of directories, as they grow, or fd 0 and what was before it
 * Writes     run/metrics/bulkhead.prom (door/metrics.h), or another file, anew every 15 seconds
 * Trusts     nobody: any byte may stand in a log
 * If broken  it can read the logs (and alter them where there is no Landlock), and tell wrong numbers
 * Exits      0 after TERM or at the end of fd 0; 100 wrong use; 111 when it cannot begin
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "door/metrics.h"
#include "log/deferring.h"
#include "log/family.h"
#include "log/follow.h"
#include "log/lines.h"
#include "log/tally.h"
#include "lib/conf/conf.h"
#include "lib/conf/usage.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/log.h"
#include "lib/io/wake.h"
#include "lib/priv/priv.h"

#define USAGE "usage: mail-metrics [-b FILE] [-o FILE] [-i SECONDS] [- | DIRECTORY...]"
#define WRITE_SECONDS 15
#define WRITE_SECONDS_MAX 3600
#define READ_MS 1000
#define FILE_PATH_MAX 512

static char home_logs[CONF_PATH_MAX], home_file[CONF_PATH_MAX];
static char const *file = home_file;
static char fresh[FILE_PATH_MAX];       /* what becomes the file */
static char folder[FILE_PATH_MAX];      /* where it is */
static char const *past;                /* a file of lines that are not counted */
static int past_fd = -1;
static int standard_input, all_logs;
static long long write_ms = WRITE_SECONDS * 1000LL;

static void options(int argc, char **argv)
{
  char *end;
  long n;
  int c;

  opterr = 0;
  while ((c = getopt(argc, argv, "+b:o:i:")) != -1) {
    if (c == 'b') past = optarg;
    else if (c == 'o') file = optarg;
    else if (c == 'i') {
      n = strtol(optarg, &end, 10);
      if (*end || n < 1 || n > WRITE_SECONDS_MAX) log_diex(100, "fatal: not 1 to 3600 seconds: ", optarg);
      write_ms = n * 1000;
    }
    else log_diex(100, USAGE);
  }
  standard_input = optind + 1 == argc && !strcmp(argv[optind], "-");
  all_logs = optind == argc;
  if (strlen(file) + sizeof ".new" > FILE_PATH_MAX) log_diex(100, "fatal: the path of the file is too long");
  snprintf(fresh, sizeof fresh, "%s.new", file);
  snprintf(folder, sizeof folder, "%s", file);
  end = strrchr(folder, '/');
  if (!end) snprintf(folder, sizeof folder, ".");
  else end[end == folder] = 0;
}

static void become_maill(void)
{
  struct conf_user const *maill = conf_users + CONF_LOG;

  if (!geteuid() && maill->uid && priv_become(maill->uid, maill->gid) == -1)
    log_die(111, "fatal: cannot become ", maill->role);
}

/* Opens nothing but the logs, and the folder of its file, from now on. */
static void lock_in(int argc, char **argv)
{
  struct priv_path paths[FOLLOW_MAX + 1] = { { folder, PRIV_READ | PRIV_WRITE } };
  size_t n = 1;

  if (past && (past_fd = open(past, O_RDONLY | O_CLOEXEC)) == -1) log_die(111, "fatal: cannot read ", past);
  if (all_logs) paths[n++] = (struct priv_path){ home_logs, PRIV_READ };
  for (; !standard_input && optind < argc; optind++) {
    if (n > FOLLOW_MAX || follow_add(argv[optind], 1) == -1) log_die(111, "fatal: too many logs, or a path too long");
    if (access(argv[optind], R_OK | X_OK) == -1) log_die(111, "fatal: cannot read the logs in ", argv[optind]);
    paths[n++] = (struct priv_path){ argv[optind], PRIV_READ };
  }
  if (all_logs && access(home_logs, R_OK | X_OK) == -1) log_die(111, "fatal: cannot read the logs in ", home_logs);
  if (access(folder, W_OK | X_OK) == -1) log_die(111, "fatal: cannot write to ", folder);
  if (priv_lock(PRIV_OPEN | PRIV_MODIFY, paths, n) == -1) log_die(111, "fatal: cannot lock myself in");
}

static int put(struct text const *t)
{
  int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644), r;

  if (fd == -1) return -1;
  r = fchmod(fd, 0644);
  if (r == 0) r = io_write(fd, t->s, t->len);
  if (close(fd) == -1) r = -1;
  if (r == 0) r = rename(fresh, file);
  if (r == -1) unlink(fresh);
  return r;
}

/* A file that cannot be written is told once; the old one stays. */
static void write_file(void)
{
  static LARGE char s[METRICS_FILE_MAX];
  static int failing;
  struct text t = { .s = s, .size = sizeof s };
  int failed;

  family_write(&t, time(0));
  deferring_write(&t);
  if (t.bad) log_diex(111, "fatal: the numbers need more room than there is");
  failed = put(&t) == -1;
  if (failed) family_add(FAMILY_FAILURES, 0, 0, 0, 1);
  if (failed && !failing) log_sys("warning: cannot write ", file);
  failing = failed;
}

/* What there is of it. 0 at the end. */
static int read_lines(int fd, struct lines *lines)
{
  static LARGE char buf[65536];
  ssize_t n = read(fd, buf, sizeof buf);

  if (n > 0) lines_feed(lines, buf, (size_t)n, tally_line);
  return n > 0 || (n == -1 && (errno == EINTR || errno == EAGAIN));
}

/* What the logs have already tells the state of things; it is not counted. */
static void begin(void)
{
  static struct lines lines;

  if (past) while (read_lines(past_fd, &lines));
  if (all_logs) follow_all(home_logs, 1);
  follow_read(tally_line);
  family_begin();
  deferring_begin();
  family_set(FAMILY_START, 0, (uint64_t)time(0));
}

/* 0 at the end. */
static int wait_and_read(long long until)
{
  static struct lines lines;
  struct pollfd p[1 + WAKE_OWN] = { { .fd = 0, .events = POLLIN } };
  long long next = io_clock() + READ_MS;

  wake_poll(p, (size_t)standard_input, standard_input || until < next ? until : next);
  if (!standard_input) follow_read(tally_line);
  else if (p->revents && !read_lines(0, &lines)) return 0;
  return !wake_heard(SIGTERM);
}

int main(int argc, char **argv)
{
  long long until = 0;
  int more = 1;

  log_name("mail-metrics");
  usage_asked(argc, argv, USAGE);
  conf_path(home_logs, "log");
  conf_path(home_file, METRICS_PATH);
  options(argc, argv);
  become_maill();
  umask(022);
  wake_signals((int const []){ SIGTERM, SIGHUP, SIGALRM, 0 });
  lock_in(argc, argv);
  begin();
  while (more) {
    if (io_clock() >= until) {
      if (all_logs) follow_all(home_logs, 0);
      write_file();
      until = io_clock() + write_ms;
    }
    more = wait_and_read(until);
  }
  write_file();
  return 0;
}
