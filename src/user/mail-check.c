/*
 * mail-check.c - is all well with the mail system? One line and an exit status, as monitoring systems call for them
 *
 * Runs as    whoever calls
 * Reads      run/metrics/bulkhead.prom (door/metrics.h), the names and users of processes, control/queuereserve, how
 *            full the disk of the queue is, in blocks and inodes, control/, its modes and those of users/: all of it is
 *            there for everybody
 * Writes     one line to fd 1
 * Trusts     nobody: numbers are all that it takes from a file
 * If broken  it can say that all is well when it is not
 * Exits      0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN: that includes wrong use, and what the caller may not see
 */

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "door/metrics.h"
#include "lib/conf/conf.h"
#include "lib/conf/control.h"
#include "lib/conf/reserve.h"
#include "lib/conf/usage.h"
#include "lib/io/io.h"
#include "lib/io/large.h"
#include "lib/io/log.h"
#include "lib/priv/priv.h"
#include "user/closed.h"
#include "user/running.h"
#include "user/verdict.h"

#define USAGE "usage: mail-check [-f FILE] [-s SERVICE,...] [-w [ITEM=]N]... [-c [ITEM=]N]..."
#define AGE_WARNING 60
#define AGE_CRITICAL 300
#define FUTURE 60               /* seconds that the clock may have been set back */

enum item { ITEM_QUEUE, ITEM_OLDEST, ITEM_DEFERRED, ITEM_HELD, ITEM_AGE, ITEMS };

static struct {
  char const *name, *unit;
  int is_time;
  long long warning, critical;  /* more is; -1: none */
} items[ITEMS] = {
  [ITEM_QUEUE] = { "queue", "", 0, -1, -1 },
  [ITEM_OLDEST] = { "oldest", "s", 1, -1, -1 },
  [ITEM_DEFERRED] = { "deferred", "%", 0, -1, -1 },
  [ITEM_HELD] = { "held", "", 0, -1, -1 },
  [ITEM_AGE] = { "age", "s", 1, AGE_WARNING, AGE_CRITICAL },
};

static char file[CONF_PATH_MAX];
static char const *path = file, *services = "queue,send";
static int numbers, why_none;   /* the file of numbers, or -1 and an errno */

static _Noreturn void wrong_use(char const *why, char const *what)
{
  verdict_words(VERDICT_UNKNOWN, why, what);
  _exit(verdict_say("MAIL"));
}

static enum item item_of(char const *s, size_t len)
{
  int i = 0;

  while (i < ITEMS && (strlen(items[i].name) != len || memcmp(s, items[i].name, len))) i++;
  return (enum item)i;
}

/* "ITEM=N", or N of the queue; a time may end in s, m, h or d. */
static void threshold(char const *s, int critical)
{
  static struct {
    char letter;
    int seconds;
  } const units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
  char const *equal = strchr(s, '='), *number = equal ? equal + 1 : s;
  long long n;
  char *end;
  enum item i = equal ? item_of(s, (size_t)(equal - s)) : ITEM_QUEUE;
  size_t u;

  if (i == ITEMS) wrong_use("no such item (queue, oldest, deferred, held, age): ", s);
  n = strtoll(number, &end, 10);
  if (end == number || *number < '0' || *number > '9' || n > INT32_MAX) wrong_use("not a number: ", s);
  for (u = 0; items[i].is_time && u < sizeof units / sizeof *units; u++)
    if (*end == units[u].letter && !end[1]) n *= units[u].seconds, end++;
  if (*end) wrong_use("not a number: ", s);
  if (critical) items[i].critical = n;
  else items[i].warning = n;
}

static void options(int argc, char **argv)
{
  int c;

  opterr = 0;
  while ((c = getopt(argc, argv, "f:s:w:c:")) != -1) {
    if (c == 'f') path = optarg;
    else if (c == 's') services = optarg;
    else if (c == 'w' || c == 'c') threshold(optarg, c == 'c');
    else wrong_use(USAGE, "");
  }
  if (optind != argc) wrong_use(USAGE, "");
}

static void judge(enum item i, long long n)
{
  enum verdict v = VERDICT_OK;

  if (items[i].warning >= 0 && n > items[i].warning) v = VERDICT_WARNING;
  if (items[i].critical >= 0 && n > items[i].critical) v = VERDICT_CRITICAL;
  verdict_number(v, items[i].name, n, items[i].unit, items[i].warning, items[i].critical);
}

static void judge_queue(char const *s, size_t len)
{
  long long n, sum = 0, oldest = 0, waiting = 0, held = 0;
  int state;

  for (state = 0; state < METRICS_STATES; state++) {
    if (!metrics_find_state(s, len, METRICS_QUEUE, (enum metrics_state)state, &n) || n > UINT32_MAX) {
      verdict_words(VERDICT_UNKNOWN, "mail-send has not told of the queue yet", "");
      return;
    }
    sum += n;
    if (state == METRICS_WAITING) waiting = n;
    if (state == METRICS_HELD) held = n;
    if (state == METRICS_HELD) continue;
    if (metrics_find_state(s, len, METRICS_OLDEST, (enum metrics_state)state, &n) && n > oldest) oldest = n;
  }
  judge(ITEM_QUEUE, sum);
  judge(ITEM_OLDEST, oldest);
  judge(ITEM_DEFERRED, sum ? waiting * 100 / sum : 0);
  judge(ITEM_HELD, held);
}

static void check_file(void)
{
  static LARGE char s[METRICS_FILE_MAX];
  struct stat st;
  ssize_t len = -1;
  time_t now = time(0);

  if (numbers != -1 && fstat(numbers, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= (off_t)sizeof s)
    len = io_read(numbers, s, sizeof s);
  if (len == -1) {
    verdict_words(VERDICT_UNKNOWN, numbers == -1 && why_none == ENOENT ?
                  "there is no file of numbers, does mail-metrics run? " : "cannot read the file of numbers: ", path);
    return;
  }
  if (st.st_mtime > now + FUTURE) verdict_words(VERDICT_CRITICAL, "the file of numbers is of the future: ", path);
  judge(ITEM_AGE, st.st_mtime < now ? (long long)(now - st.st_mtime) : 0);
  judge_queue(s, (size_t)len);
}

static void check_services(void)
{
  char name[16];
  char const *s = services, *end;

  if (!running_visible()) {
    verdict_words(VERDICT_UNKNOWN, "which services run only root may see here (hidepid)", "");
    return;
  }
  for (; *s; s = *end ? end + 1 : end) {
    end = s + strcspn(s, ",");
    snprintf(name, sizeof name, "%.*s", (int)(end - s), s);
    switch (running_service(name)) {
      case -1: verdict_words(VERDICT_UNKNOWN, "no such service (queue, send, listen, tls, metrics): ", name); break;
      case 0: verdict_words(VERDICT_CRITICAL, "does not run: ", name);
    }
  }
}

/* As mail-queued looks, who takes no mail of users when there is less than is kept. */
static void judge_room(char const *name, uint64_t left, uint64_t kept, uint64_t one, char const *unit,
                       char const *lacks)
{
  enum verdict v = left < kept ? VERDICT_CRITICAL : left < 2 * kept ? VERDICT_WARNING : VERDICT_OK;

  verdict_number(v, name, (long long)(left / one), unit, -1, -1);
  if (left < kept) verdict_words(v, lacks, ": no mail is taken");
}

static void check_disk(void)
{
  char queue[CONF_PATH_MAX];
  unsigned int percent;
  struct reserve kept;
  struct statvfs v;

  if (statvfs(conf_path(queue, "queue"), &v) == -1 || control_number("queuereserve", &percent) == -1) {
    verdict_words(VERDICT_UNKNOWN, "cannot see how full the disk of the queue is: ", conf_home);
    return;
  }
  kept = reserve_of(&v, percent);
  judge_room("free", (uint64_t)v.f_bavail * v.f_frsize, kept.bytes, 1U << 20, "MB",
             "the disk of the queue is nearly full");
  if (v.f_files)
    judge_room("inodes", v.f_favail, kept.inodes, 1, "", "the disk of the queue has nearly no inodes left");
}

/* The first one will do: mail-showctl tells of all. */
static void tell_closed(char const *name, char const *words)
{
  static int told;

  (void)name;
  if (!told++) verdict_words(VERDICT_CRITICAL, words, "");
}

static void check_modes(void)
{
  char words[CLOSED_WORDS];
  unsigned int i;

  for (i = 0; i < settings_count; i++)
    if (closed_setting(words, settings + i)) tell_closed(settings[i].name, words);
  closed_others(tell_closed);
}

static int is_wrong(struct setting const *row)
{
  struct control_table t = { 0 };
  stralloc sa = STRALLOC_ZERO;
  int map = row->kind == SETTING_MAP, list = map || row->kind == SETTING_LIST, bad;
  int r = list ? control_raw_table(row->name, &t, map) : control_raw(row->name, &sa);
  size_t i;

  bad = r == -1 ? errno == EINVAL : r && !list && setting_expects(row, sa.s, 0);
  for (i = 0; i < t.n && !bad; i++)
    bad = setting_expects(row, t.entries[i].key, map ? control_entry_value(t.entries + i) : 0) != 0;
  control_table_free(&t);
  stralloc_free(&sa);
  return bad;
}

/* Who needs a setting that has no safe default waits. One of each kind will do. */
static void check_settings(void)
{
  int told[2] = { 0 };
  unsigned int i;

  for (i = 0; i < settings_count; i++) {
    struct setting const *row = settings + i;
    if (told[row->safe] || !is_wrong(row)) continue;
    if (row->safe) verdict_words(VERDICT_WARNING, "wrong, so that its default counts: control/", row->name);
    else verdict_words(VERDICT_CRITICAL, "wrong, so that programs wait (mail-showctl): control/", row->name);
    told[row->safe] = 1;
  }
}

/* A lock knows files, not names, and mail-metrics puts a new one into the place of the old one all the time: what is
   read is opened before. */
static void lock_in(void)
{
  char control[CONF_PATH_MAX];
  struct priv_path const paths[] = { { "/proc", PRIV_READ }, { conf_path(control, "control"), PRIV_READ } };

  numbers = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  why_none = errno;
  if (priv_lock(PRIV_OPEN, paths, sizeof paths / sizeof *paths) == -1) wrong_use("cannot lock itself in", "");
}

int main(int argc, char **argv)
{
  log_name("mail-check");
  usage_asked(argc, argv, USAGE);
  conf_path(file, METRICS_PATH);
  options(argc, argv);
  lock_in();
  check_file();
  check_services();
  check_disk();
  check_modes();
  check_settings();
  return verdict_say("MAIL");
}
