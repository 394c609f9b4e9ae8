/* control.c - see control.h */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <skalibs/bytestr.h>

#include "lib/conf/blank.h"
#include "lib/conf/conf.h"
#include "lib/conf/control.h"
#include "lib/conf/listing.h"
#include "lib/conf/settings.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

/* What cannot be used must not look like an empty file: then a ban would be none, and a list of our domains would
   refuse our mail for good. */
static int unusable(char const *name, char const *why)
{
  log_line("control/", name, why);
  errno = EINVAL;
  return -1;
}

/* The descriptor of a settings file; -1 with errno 0 when there is none. A link to nothing is a mistake. */
static int open_file(char const *name)
{
  char path[CONF_PATH_MAX];
  struct stat st;
  int fd = -1;

  errno = 0;
  if (listing_lacks(name)) return -1;
  fd = open(conf_file(path, "control", name), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd == -1 && errno == ENOENT) errno = lstat(path, &st) == -1 && errno == ENOENT ? 0 : ENOENT;
  return fd;
}

static ssize_t read_file(int fd, char const *name, char **text)
{
  struct stat st;
  ssize_t r;

  if (fstat(fd, &st) == -1) return -1;
  if (!S_ISREG(st.st_mode)) return unusable(name, " is no regular file");
  errno = EFBIG;
  if (st.st_size > CONTROL_FILE_MAX) return -1;
  *text = malloc((size_t)st.st_size + 1);
  if (!*text) return -1;
  r = io_read(fd, *text, (size_t)st.st_size);
  if (r >= 0 && memchr(*text, 0, (size_t)r)) return unusable(name, " has a NUL byte: it is no plain text");
  if (r >= 0) (*text)[r] = 0;
  return r;
}

/* A whole settings file, NUL-terminated, in memory of its own. 1, 0 there is none, -1, and the log has its name. */
static int slurp(char const *name, char **text, size_t *len)
{
  int fd, e;
  ssize_t r = -1;

  *text = 0;
  if (listing_kept(name, text, len)) return 1;
  fd = open_file(name);
  if (fd == -1 && !errno) return 0;
  if (fd != -1) r = read_file(fd, name, text);
  e = errno;
  if (fd != -1) close(fd);
  if (r >= 0) {
    *len = (size_t)r;
    listing_keep(name, *text, *len);
    return 1;
  }
  free(*text);
  *text = 0;
  errno = e;
  if (e != EINVAL) log_sys("cannot read control/", name);
  errno = e;
  return -1;
}

static int keep(stralloc *sa, char const *s, size_t len)
{
  if (!stralloc_copyb(sa, s, len) || !stralloc_0(sa)) return -1;
  sa->len--;
  return 0;
}

int control_standard(struct setting const *row, stralloc *sa)
{
  if (row && row->standard && !strcmp(row->standard, "=me")) return control_value("me", sa) == -1 ? -1 : 0;
  return keep(sa, row && row->standard ? row->standard : "", row && row->standard ? strlen(row->standard) : 0);
}

int control_raw(char const *name, stralloc *sa)
{
  char *text;
  size_t len;
  int r = slurp(name, &text, &len);

  if (r == -1) return -1;
  if (r) {
    char *nl = memchr(text, '\n', len), *end = nl ? nl : text + len, *value = blank_skip(text, end);
    int kept = keep(sa, value, blank_cut(value, (size_t)(end - value)));
    free(text);
    return kept == -1 ? -1 : 1;
  }
  return control_standard(setting_find(name), sa);
}

static int compare(char const *a, size_t alen, char const *b, size_t blen)
{
  int d = memcmp(a, b, alen < blen ? alen : blen);

  return d ? d : (alen > blen) - (alen < blen);
}

static int compare_entries(void const *a, void const *b)
{
  struct control_entry const *x = a, *y = b;
  int d = compare(x->key, x->len, y->key, y->len);

  return d ? d : (x->key > y->key) - (x->key < y->key);   /* equal keys stay in the order of the file */
}

static size_t count_lines(char const *s, size_t len)
{
  size_t n = 1;

  for (; len; s++, len--) n += *s == '\n';
  return n;
}

/* without a comment behind its text: # after a blank */
static size_t without_comment(char const *s, size_t len)
{
  size_t i;

  for (i = 1; i < len; i++)
    if (s[i] == '#' && blank_cut(s, i) < i) return i;
  return len;
}

/* one line, in place */
static struct control_entry entry(char *s, size_t len, int values)
{
  char *colon = values ? memchr(s, ':', len) : 0;
  char *value = colon ? blank_skip(colon + 1, s + len) : s + len;
  size_t key = blank_cut(s, colon ? (size_t)(colon - s) : len);

  s[key] = s[len] = 0;
  case_lowerb(s, key);
  return (struct control_entry){ .key = s, .len = key, .value = value };
}

/* what stands in no entry: not one that would be found, so it is said */
static int is_odd(struct control_entry const *e)
{
  size_t i;

  for (i = 0; i < e->len; i++)
    if ((unsigned char)e->key[i] <= ' ' || e->key[i] == 127 || blank_at(e->key + i, e->len - i)) return 1;
  return 0;
}

/* cuts the text into entries, in place */
static void cut(struct control_table *t, char const *name, size_t len, int values)
{
  char *s = t->text, *end = s + len;

  while (s < end) {
    char *nl = memchr(s, '\n', (size_t)(end - s)), *stop = nl ? nl : end, *line = blank_skip(s, stop);
    size_t n = (size_t)(stop - line);
    n = blank_cut(line, without_comment(line, n));
    if (n && *line != '#') {
      struct control_entry *e = t->entries + t->n++;
      *e = entry(line, n, values);
      if (is_odd(e)) log_line("control/", name, ": one entry with a blank or control byte in it: ", e->key);
    }
    s = nl ? nl + 1 : end;
  }
}

char const *control_entry_value(struct control_entry const *e)
{
  return e->value == e->key + e->len ? 0 : e->value;
}

/* a table in the place of the file that is not there: this host's name */
static int from_me(char **text, size_t *len)
{
  int r = slurp("me", text, len);       /* no me: that none is ours would bounce our own mail */

  if (!r) errno = ENOENT;
  if (r != 1) return -1;
  if (strchr(*text, '\n')) *len = (size_t)(strchr(*text, '\n') - *text);
  return 0;
}

void control_sort(struct control_table *t)
{
  if (t->n) qsort(t->entries, t->n, sizeof *t->entries, compare_entries);
}

int control_raw_table(char const *name, struct control_table *table, int values)
{
  struct setting const *row = setting_find(name);
  struct control_table t = { 0, 0, 0 };
  size_t len;
  int r = slurp(name, &t.text, &len);

  if (r == -1) return -1;
  if (!r && row && row->standard && !strcmp(row->standard, "=me") && from_me(&t.text, &len) == -1) return -1;
  if (t.text) {
    t.text[len] = 0;
    t.entries = calloc(count_lines(t.text, len), sizeof *t.entries);
    if (!t.entries) {
      free(t.text);
      return -1;
    }
    cut(&t, name, len, values);
    control_sort(&t);
  }
  control_table_free(table);
  *table = t;
  return r;
}

void control_table_free(struct control_table *t)
{
  free(t->text);
  free(t->entries);
  *t = (struct control_table){ 0, 0, 0 };
}

static int earlier(void const *a, void const *b)
{
  struct control_entry const *x = a, *y = b;

  return (x->key > y->key) - (x->key < y->key);
}

void control_in_order(struct control_table *t)
{
  if (t->n) qsort(t->entries, t->n, sizeof *t->entries, earlier);
}

char const *control_find(struct control_table const *t, char const *key, size_t len)
{
  char low[CONTROL_KEY_MAX];
  size_t from = 0, to = t->n;

  if (len > sizeof low) return 0;
  memcpy(low, key, len);
  case_lowerb(low, len);
  while (from < to) {
    size_t mid = from + (to - from) / 2;
    struct control_entry const *e = t->entries + mid;
    if (compare(e->key, e->len, low, len) < 0) from = mid + 1;
    else to = mid;
  }
  if (from == t->n || compare(t->entries[from].key, t->entries[from].len, low, len)) return 0;
  return t->entries[from].value;
}

char const *control_find_domain(struct control_table const *t, char const *domain, size_t len)
{
  char const *value = control_find(t, domain, len);
  size_t i;

  for (i = 1; !value && i < len; i++)
    if (domain[i] == '.') value = control_find(t, domain + i, len - i);
  return value ? value : control_find(t, "", 0);
}
