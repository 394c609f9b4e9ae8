/*
 * mail-showctl.c - show this instance and every setting: what it is, what it stands for, who reads it
 *
 * Runs as    whoever calls it
 * Reads      control/, which folders tls/ has; of what TLS and logins need, whether it is there; modes of control/ and
 *            users/
 * Writes     to fd 1
 * Trusts     nobody: values are printed escaped
 * If broken  it could only read, and only control/
 * Exits      0; 100 usage; 111 when a setting cannot be read or makes no sense
 */

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/conf/conf.h"
#include "lib/conf/control.h"
#include "lib/conf/settings.h"
#include "lib/conf/usage.h"
#include "lib/conf/value.h"
#include "lib/io/log.h"
#include "lib/priv/priv.h"
#include "user/advice.h"
#include "user/closed.h"
#include "user/print.h"
#include "user/resemble.h"

#define USAGE "usage: mail-showctl [-n] [NAME...]"

static char control[CONF_PATH_MAX], tls[CONF_PATH_MAX];
static int trouble;

static void lock(void)
{
  struct priv_path const p[] = { { conf_path(control, "control"), PRIV_READ }, { conf_path(tls, "tls"), PRIV_LIST } };

  if (priv_lock(PRIV_OPEN, p, sizeof p / sizeof *p) == -1) log_die(111, "fatal: cannot lock itself in", (char *)0);
}

static void show_instance(void)
{
  int i;

  printf("version: %s\n", conf_version);
  printf("home: %s\n", conf_home);
  if (!conf_tls) puts("tls: this build has no TLS and no logins (INSTALL says what they need)");
  for (i = 0; i < CONF_ROLES; i++)
    if (conf_users[i].uid != (uid_t)-1)
      printf("user: %s is uid %lu, gid %lu\n", conf_users[i].role, (unsigned long)conf_users[i].uid,
             (unsigned long)conf_users[i].gid);
}

static int wrong(char const *words)
{
  printf("wrong: %s", words);
  trouble = 1;
  return 1;
}

/* control.c told the log more about EINVAL; what is closed to who calls may be open to its readers (closed.h) */
static int unreadable(void)
{
  if (errno != EACCES) return wrong(errno == EINVAL ? "no regular file, or one with a NUL byte" : strerror(errno));
  fputs("not for you to read", stdout);
  return trouble = 1;
}

static void show_text(char const *s)
{
  if (*s) print_string(s);
  else fputs("(empty)", stdout);
}

/* what is in the place of a wrong value */
static void show_instead(struct setting const *row)
{
  stralloc me = STRALLOC_ZERO;
  char const *standard = row->standard;

  if (!row->safe) fputs("; who needs it waits", stdout);
  else {
    if (standard && !strcmp(standard, "=me")) standard = control_raw("me", &me) == -1 ? "" : me.s;
    fputs("; the default counts: ", stdout);
    show_text(standard ? standard : "");
    stralloc_free(&me);
  }
}

/* Prints the value that counts; 1 from the file (even if that cannot be read), 0 the default or nothing. */
static int show_value(struct setting const *row)
{
  stralloc sa = STRALLOC_ZERO;
  int r = control_raw(row->name, &sa);
  char const *expected = r == 1 ? setting_expects(row, sa.s, 0) : 0;
  unsigned int n;

  if (r == -1) return unreadable();
  if (!sa.len && !strcmp(row->name, "me")) wrong("write the full name of this host into it");
  else if (expected) {
    wrong("must be ");
    printf("%s; this is not: ", expected);
    show_text(sa.s);
    show_instead(row);
  }
  else if (row->form == FORM_NUMBER && form_number(sa.s, &n) && n > row->most)
    printf("%u (the most that counts; the file says %u)", row->most, n);
  else show_text(sa.s);
  stralloc_free(&sa);
  return r;
}

static int show_list(struct setting const *row, struct control_table *t)
{
  int r = control_raw_table(row->name, t, row->kind == SETTING_MAP);

  if (r == -1) return unreadable();
  if (!r && row->standard) return show_value(row);
  control_in_order(t);
  if (!t->n) fputs("(none)", stdout);
  else printf("%zu %s", t->n, t->n == 1 ? "line" : "lines");
  return r;
}

static void show_entries(struct setting const *row, struct control_table const *t)
{
  size_t i;

  for (i = 0; i < t->n; i++) {
    struct control_entry const *e = t->entries + i;
    char const *value = row->kind == SETTING_MAP ? control_entry_value(e) : 0;
    char const *expected = setting_expects(row, e->key, value);
    fputs("\t", stdout);
    print_bytes(e->key, e->len);
    if (value) putchar(':');
    if (value) print_string(value);
    if (expected) {
      fputs("  ", stdout);
      wrong("control/");         /* as in the logs; grep shows it without the setting's own line */
      printf("%s must be %s%s", row->name, expected, row->safe ? "" : "; who needs the list waits");
    }
    putchar('\n');
  }
}

static void show_closed(struct setting const *row)
{
  char words[CLOSED_WORDS];

  if (!closed_setting(words, row)) return;
  fputs("; ", stdout);
  wrong(words);
}

static void show_closed_other(char const *name, char const *words)
{
  printf("%s: ", name);
  wrong(words);
  putchar('\n');
}

static void show_setting(struct setting const *row)
{
  struct control_table t = { 0 };
  int list = row->kind == SETTING_LIST || row->kind == SETTING_MAP;
  int from_file;

  printf("%s: ", row->name);
  from_file = list ? show_list(row, &t) : show_value(row);
  if (from_file) show_closed(row);
  printf("  [%s; %s] %s\n", from_file ? "file" : "default", row->readers, row->meaning);
  if (from_file) show_entries(row, &t);
  control_table_free(&t);
}

static int compare(void const *a, void const *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Files that nobody reads: a slip of the pen, or a setting of another package. */
static void show_strangers(char const *const *names, size_t n)
{
  size_t i;

  for (i = 0; i < n; i++) {
    char const *near = resemble(names[i]);
    print_string(names[i]);
    fputs(": no program reads this file", stdout);
    if (near) printf("; is it meant to be %s?", near);
    putchar('\n');
  }
}

/* tables that mail-newmrh and tcprules make there */
static int is_made(char const *name)
{
  static char const *const made[] = {
    ".lock", "morercpthosts.cdb", "qmqp.cdb", "qmtp.cdb", "smtp.cdb", "submission.cdb"
  };
  size_t i;

  for (i = 0; i < sizeof made / sizeof *made && strcmp(made[i], name); i++);
  return i < sizeof made / sizeof *made;
}

static void show_others(void)
{
  char **names = 0;
  size_t n = 0;
  struct dirent *e;
  DIR *d = opendir(control);

  if (!d) {
    fputs("control: ", stdout);
    unreadable();
    putchar('\n');
    return;
  }
  while ((errno = 0, e = readdir(d))) {
    if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || setting_find(e->d_name)) continue;
    if (is_made(e->d_name)) continue;
    names = reallocarray(names, n + 1, sizeof *names);
    if (!names || !(names[n++] = strdup(e->d_name))) log_die(111, "fatal: out of memory", (char *)0);
  }
  if (errno) log_die(111, "fatal: cannot read ", control, (char *)0);
  closedir(d);
  if (n) qsort(names, n, sizeof *names, compare);
  show_strangers((char const *const *)names, n);
}

/* A file that cannot be seen counts as one. */
static int is_set(struct setting const *row)
{
  char path[CONF_PATH_MAX];
  struct stat st;

  return lstat(conf_file(path, "control", row->name), &st) == 0 || errno != ENOENT;
}

static struct setting const *named(char const *name)
{
  struct setting const *row = setting_find(name);
  char const *near = row ? 0 : resemble(name);

  if (near) log_diex(100, "no setting is called ", name, "; is it meant to be ", near, "?");
  if (!row) log_diex(100, "no setting is called ", name);
  return row;
}

/* of the settings with these names, or of all, each, or those that are set; a wrong name shows none */
static void show_settings(char **names, int only_set)
{
  unsigned int i;

  for (i = 0; names[i]; i++) named(names[i]);
  for (i = 0; names[i]; i++)
    if (!only_set || is_set(named(names[i]))) show_setting(named(names[i]));
  for (i = 0; !*names && i < settings_count; i++)
    if (!only_set || is_set(settings + i)) show_setting(settings + i);
}

static void show_all(char **no_names)
{
  show_instance();
  show_settings(no_names, 0);
  closed_others(show_closed_other);
  advice_show();
  show_others();
}

int main(int argc, char **argv)
{
  int c, only_set = 0;

  log_name("mail-showctl");
  usage_asked(argc, argv, USAGE);
  opterr = 0;
  while ((c = getopt(argc, argv, "n")) == 'n') only_set = 1;
  if (c != -1) log_diex(100, USAGE);
  lock();
  if (only_set || optind < argc) show_settings(argv + optind, only_set);
  else show_all(argv + optind);
  if (print_end() == -1) log_die(111, "fatal: cannot write", (char *)0);
  return trouble ? 111 : 0;
}
