/* control.c - see control.h */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/conf/conf.h"
#include "lib/conf/control.h"
#include "lib/conf/settings.h"
#include "lib/io/io.h"

/* A whole settings file, NUL-terminated, in memory of its own. 1, 0 there is none, -1. */
static int slurp(char const *name, char **text, size_t *len)
{
  char path[4096];
  struct stat st;
  ssize_t r = -1;
  int fd, e;

  *text = 0;
  if ((size_t)snprintf(path, sizeof path, "%s/control/%s", conf_home, name) >= sizeof path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd == -1) return errno == ENOENT ? 0 : -1;
  if (fstat(fd, &st) == -1) goto out;
  errno = EFBIG;
  if (st.st_size > CONTROL_FILE_MAX) goto out;
  *text = malloc((size_t)st.st_size + 1);
  if (*text) r = io_read(fd, *text, (size_t)st.st_size);
  if (r >= 0) {
    *len = (size_t)r;
    (*text)[r] = 0;
  }
out:
  e = errno;
  close(fd);
  if (r < 0) {
    free(*text);
    *text = 0;
  }
  errno = e;
  return r < 0 ? -1 : 1;
}

static size_t without_blanks(char const *s, size_t len)
{
  while (len && (s[len - 1] == ' ' || s[len - 1] == '\t' || s[len - 1] == '\r')) len--;
  return len;
}

static int keep(stralloc *sa, char const *s, size_t len)
{
  if (!stralloc_copyb(sa, s, len) || !stralloc_0(sa)) return -1;
  sa->len--;
  return 0;
}

int control_value(char const *name, stralloc *sa)
{
  struct setting const *row = setting_find(name);
  char *text;
  size_t len;
  int r = slurp(name, &text, &len);

  if (r == -1) return -1;
  if (r) {
    char *nl = memchr(text, '\n', len);
    int kept = keep(sa, text, without_blanks(text, nl ? (size_t)(nl - text) : len));
    free(text);
    return kept == -1 ? -1 : 1;
  }
  if (row && row->standard && !strcmp(row->standard, "=me")) return control_value("me", sa) == -1 ? -1 : 0;
  return keep(sa, row && row->standard ? row->standard : "", row && row->standard ? strlen(row->standard) : 0);
}

int control_number(char const *name, unsigned int *n)
{
  stralloc sa = STRALLOC_ZERO;
  unsigned long long u = 0;
  size_t i;
  int r = control_value(name, &sa);

  if (r == -1) return -1;
  for (i = 0; i < sa.len && sa.s[i] >= '0' && sa.s[i] <= '9' && u <= 0xffffffffULL; i++)
    u = u * 10 + (unsigned int)(sa.s[i] - '0');
  if (!i || i < sa.len || u > 0xffffffffULL) {
    errno = EINVAL;
    r = -1;
  }
  else *n = (unsigned int)u;
  stralloc_free(&sa);
  return r;
}

static void lower(char *s, size_t len)
{
  for (; len; s++, len--)
    if (*s >= 'A' && *s <= 'Z') *s = (char)(*s + 32);
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

/* cuts the text into entries, in place */
static void cut(struct control_table *t, size_t len, int values)
{
  char *s = t->text, *end = s + len;

  while (s < end) {
    char *nl = memchr(s, '\n', (size_t)(end - s)), *colon;
    size_t n = without_blanks(s, (size_t)((nl ? nl : end) - s));
    struct control_entry *e = t->entries + t->n;
    s[n] = 0;
    colon = values ? memchr(s, ':', n) : 0;
    if (colon) *colon = 0;
    e->key = s;
    e->len = colon ? (size_t)(colon - s) : n;
    e->value = colon ? colon + 1 : s + n;
    if (n && *s != '#') {
      lower(s, e->len);
      t->n++;
    }
    s = nl ? nl + 1 : end;
  }
}

int control_table(char const *name, struct control_table *table, int values)
{
  struct setting const *row = setting_find(name);
  struct control_table t = { 0, 0, 0 };
  size_t len;
  int r = slurp(name, &t.text, &len);

  if (r == -1) return -1;
  if (!r && row && row->standard && !strcmp(row->standard, "=me")) {
    if (slurp("me", &t.text, &len) != 1) return -1;     /* no me: that none is ours would bounce our own mail */
    if (strchr(t.text, '\n')) len = (size_t)(strchr(t.text, '\n') - t.text);
  }
  if (t.text) {
    t.text[len] = 0;
    t.entries = calloc(count_lines(t.text, len), sizeof *t.entries);
    if (!t.entries) {
      free(t.text);
      return -1;
    }
    cut(&t, len, values);
    qsort(t.entries, t.n, sizeof *t.entries, compare_entries);
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
  char low[1024];
  size_t from = 0, to = t->n;

  if (len > sizeof low) return 0;
  memcpy(low, key, len);
  lower(low, len);
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
