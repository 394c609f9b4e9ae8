/*
 * mail-showctl.c - show this instance and every setting: what it is, what it stands for, who reads it
 *
 * Runs as    whoever calls it
 * Reads      control/
 * Writes     to fd 1
 * Trusts     nobody: values are printed escaped
 * If broken  it could only read, and only control/
 * Exits      0; 100 usage; 111 when a setting cannot be read or makes no sense
 */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/conf/conf.h"
#include "lib/conf/control.h"
#include "lib/conf/settings.h"
#include "lib/io/log.h"
#include "lib/priv/priv.h"
#include "user/print.h"
#include "user/resemble.h"

static char control[1024];
static int trouble;

static void lock(void)
{
  struct priv_path const p = { control, PRIV_READ };

  if ((size_t)snprintf(control, sizeof control, "%s/control", conf_home) >= sizeof control
      || priv_lock(PRIV_OPEN, &p, 1) == -1)
    log_die(111, "fatal: cannot lock itself in", (char *)0);
}

static void show_instance(void)
{
  int i;

  printf("version: %s\n", conf_version);
  printf("home: %s\n", conf_home);
  for (i = 0; i < CONF_ROLES; i++)
    printf("user: %s is uid %lu, gid %lu\n", conf_users[i].role, (unsigned long)conf_users[i].uid,
           (unsigned long)conf_users[i].gid);
}

static int wrong(char const *words)
{
  printf("wrong: %s", words);
  trouble = 1;
  return 1;
}

/* Prints the value; 1 from the file (even if that cannot be read), 0 the default or nothing. */
static int show_value(struct setting const *row)
{
  stralloc sa = STRALLOC_ZERO;
  unsigned int n;
  int r = control_value(row->name, &sa);

  if (r == -1) return wrong(strerror(errno));
  if (row->kind == SETTING_NUMBER && control_number(row->name, &n) == -1) {
    wrong("not a number: ");
    print_bytes(sa.s, sa.len);
  }
  else if (sa.len) print_bytes(sa.s, sa.len);
  else if (!strcmp(row->name, "me")) wrong("write the full name of this host into it");
  else fputs("(empty)", stdout);
  stralloc_free(&sa);
  return r;
}

static int show_list(struct setting const *row, struct control_table *t)
{
  int r = control_table(row->name, t, row->kind == SETTING_MAP);

  if (r == -1) return wrong(strerror(errno));
  if (!r && row->standard) return show_value(row);
  if (!t->n) fputs("(none)", stdout);
  else printf("%zu %s", t->n, t->n == 1 ? "line" : "lines");
  return r;
}

static void show_entries(struct control_table const *t, int values)
{
  size_t i;

  for (i = 0; i < t->n; i++) {
    fputs("\t", stdout);
    print_bytes(t->entries[i].key, t->entries[i].len);
    if (values) {
      putchar(':');
      print_string(t->entries[i].value);
    }
    putchar('\n');
  }
}

static void show_setting(struct setting const *row)
{
  struct control_table t = { 0 };
  int list = row->kind == SETTING_LIST || row->kind == SETTING_MAP;
  int from_file;

  printf("%s: ", row->name);
  from_file = list ? show_list(row, &t) : show_value(row);
  printf("  [%s; %s] %s\n", from_file ? "file" : "default", row->readers, row->meaning);
  show_entries(&t, row->kind == SETTING_MAP);
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

static void show_others(void)
{
  char **names = 0;
  size_t n = 0;
  struct dirent *e;
  DIR *d = opendir(control);

  if (!d) log_die(111, "fatal: cannot read ", control, (char *)0);
  while ((errno = 0, e = readdir(d))) {
    if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || setting_find(e->d_name)) continue;
    if (!strcmp(e->d_name, "morercpthosts.cdb")) continue;      /* made of one */
    names = reallocarray(names, n + 1, sizeof *names);
    if (!names || !(names[n++] = strdup(e->d_name))) log_die(111, "fatal: out of memory", (char *)0);
  }
  if (errno) log_die(111, "fatal: cannot read ", control, (char *)0);
  closedir(d);
  if (n) qsort(names, n, sizeof *names, compare);
  show_strangers((char const *const *)names, n);
}

int main(int argc, char **argv)
{
  unsigned int i;

  (void)argv;
  log_name("mail-showctl");
  if (argc > 1) log_diex(100, "usage: mail-showctl", (char *)0);
  lock();
  show_instance();
  for (i = 0; i < settings_count; i++) show_setting(settings + i);
  show_others();
  if (print_end() == -1) log_die(111, "fatal: cannot write", (char *)0);
  return trouble ? 111 : 0;
}
