/* checked.c - settings as their readers get them: each value is of its form (control.h) */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "lib/conf/blank.h"
#include "lib/conf/control.h"
#include "lib/conf/settings.h"
#include "lib/io/log.h"

#define WAIT 20000              /* ms between two looks at settings that cannot be used */

static int started;             /* a wrong value changes nothing any more */

/* what is wrong, and what counts now */
static int complain(char const *name, char const *expected, char const *key, char const *value, char const *instead)
{
  log_line("error: control/", name, " must be ", expected, "; this is not: ", key, value ? ":" : "", value ? value : "",
           instead);
  errno = EINVAL;
  return -1;
}

int control_value(char const *name, stralloc *sa)
{
  struct setting const *row = setting_find(name);
  int r = control_raw(name, sa);
  char const *expected = r == 1 && row ? setting_expects(row, sa->s, 0) : 0;

  if (!expected) return r;
  if (started || !row->safe) return complain(name, expected, sa->s, 0, "");
  complain(name, expected, sa->s, 0, "  (the default counts until this is put right)");
  return control_standard(row, sa);
}

int control_number(char const *name, unsigned int *n)
{
  stralloc sa = STRALLOC_ZERO;
  struct setting const *row = setting_find(name);
  int r = control_value(name, &sa);

  if (r == -1) return -1;
  if (!form_number(sa.s, n)) r = complain(name, "a number", sa.s, 0, "");
  else if (row && row->form == FORM_NUMBER && *n > row->most) *n = row->most;
  stralloc_free(&sa);
  return r;
}

void control_start(int (*read_all)(void), int life)
{
  int told = 0;

  while (read_all() == -1) {
    struct pollfd p = { .fd = life, .events = POLLIN };
    if (life == -1) log_diex(111, "fatal: no start without these settings");
    if (!told) log_line("waits for these settings to be put right, and looks again every 20 seconds");
    told = 1;
    if (poll(&p, 1, WAIT) > 0) _exit(111);
  }
  started = 1;
}

/* what stands for a list that is not there: nothing, or this host's name, without which nothing would be ours */
static int me_sound(struct control_table const *t)
{
  struct setting const *me = setting_find("me");
  char const *expected = t->n ? setting_expects(me, t->entries[0].key, 0) : 0;

  if (expected) complain(me->name, expected, t->entries[0].key, 0, "");
  return !expected;
}

/* One character of a domain, its dots included, as a table has them: in lower case. */
static int in_domain(char const *s, size_t len)
{
  unsigned char c = (unsigned char)*s;

  return (c > 127 && !blank_at(s, len)) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'
         || c == '_';
}

/* A line that is wrong is not passed over: mail for the domain that can be read in it would go another way than was
   meant. With a value that no reader takes for one it waits. */
static void hold(struct control_entry *e)
{
  char const *at = memrchr(e->key, '@', e->len), *end = e->key + e->len;
  size_t n = 0;

  if (at) e->key = at + 1;
  while (e->key < end && !in_domain(e->key, (size_t)(end - e->key))) e->key++;
  while (e->key + n < end && in_domain(e->key + n, (size_t)(end - e->key) - n)) n++;
  while (n > 1 && e->key[n - 1] == '.') n--;
  e->len = n;
  e->value = "[";
}

/* -1 when a line makes the whole of no use */
static int check_lines(struct setting const *row, struct control_table *t, int values)
{
  struct control_entry *e;
  int r = 0;

  for (e = t->entries; e < t->entries + t->n; e++) {
    char const *value = values ? control_entry_value(e) : 0;
    char const *expected = setting_expects(row, e->key, value);
    if (!expected) continue;
    complain(row->name, expected, e->key, value, "");
    if (!row->safe) r = -1;
    else if (values) hold(e);
  }
  control_sort(t);
  return r;
}

int control_table(char const *name, struct control_table *table, int values)
{
  struct setting const *row = setting_find(name);
  struct control_table t = { 0, 0, 0 };
  int r = control_raw_table(name, &t, values);

  if (r == -1) {
    if (errno == ENOENT) log_line("error: control/me must have the full name of this host");
    return -1;
  }
  if (row && ((!r && !me_sound(&t)) || check_lines(row, &t, values) == -1)) {
    control_table_free(&t);
    errno = EINVAL;
    return -1;
  }
  control_table_free(table);
  *table = t;
  return r;
}

static int same(struct control_table const *a, struct control_table const *b)
{
  size_t i;

  for (i = 0; i < a->n && i < b->n; i++)
    if (strcmp(a->entries[i].key, b->entries[i].key) || strcmp(a->entries[i].value, b->entries[i].value)) return 0;
  return a->n == b->n;
}

int control_table_again(char const *name, struct control_table *table, int values)
{
  struct control_table t = { 0, 0, 0 };
  int changed;

  if (control_table(name, &t, values) == -1) return -1;
  changed = !same(&t, table);
  control_table_free(table);
  *table = t;
  return changed;
}
