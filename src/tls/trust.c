/* trust.c - see trust.h */

#include <errno.h>
#include <string.h>
#include <skalibs/stralloc.h>

#include "lib/conf/control.h"
#include "lib/conf/stamp.h"
#include "lib/conf/tlspolicy.h"
#include "lib/io/log.h"
#include "tls/trust.h"

struct trusted {
  char path[TRUST_PATH_MAX + 1];        /* of one file, or of several with colons between them */
  X509_STORE *store;            /* null: it could not be loaded */
};

struct files {
  char standard[TRUST_PATH_MAX + 1];    /* control/tlscafile */
  struct trusted of[TRUST_FILES_MAX];
  size_t n;
};

static struct files files;
static char readable[TRUST_FILES_MAX][TRUST_PATH_MAX + 1];     /* files that the lock knows */
static struct stamp then[TRUST_FILES_MAX];      /* and as they were when it was made: it knows no others of that name */
static size_t readable_n;

static struct trusted *find(struct files *f, char const *path)
{
  size_t i;

  for (i = 0; i < f->n; i++)
    if (!strcmp(f->of[i].path, path)) return f->of + i;
  return 0;
}

static void add(struct files *f, char const *path)
{
  if (!*path || find(f, path)) return;
  if (f->n == TRUST_FILES_MAX) log_line("error: too many CA files: not loaded is ", path);
  else memcpy(f->of[f->n++].path, path, strlen(path) + 1);
}

static int name_standard(struct files *f)
{
  stralloc value = STRALLOC_ZERO;
  int r = control_value("tlscafile", &value);

  if (r != -1 && value.len > TRUST_PATH_MAX) log_line("error: control/tlscafile has a path that is too long");
  else if (r != -1 && value.len) memcpy(f->standard, value.s, value.len);
  stralloc_free(&value);
  add(f, f->standard);
  return r == -1 ? -1 : 0;
}

static int name_all(struct files *f)
{
  static struct control_table table;
  static struct tlspolicy policy;
  size_t i;

  if (name_standard(f) == -1 || control_table("tlspolicy", &table, 1) == -1) return -1;
  for (i = 0; i < table.n; i++)
    if (tlspolicy_read(&policy, table.entries[i].value)) add(f, policy.ca);
  return 0;
}

/* The next of some paths, copied; null after the last. */
static char const *next(char const **paths)
{
  static char path[TRUST_PATH_MAX + 1];
  size_t len = strcspn(*paths, ":");

  if (!len) return 0;
  memcpy(path, *paths, len);
  path[len] = 0;
  *paths += len + ((*paths)[len] == ':');
  return path;
}

static size_t place_of(char const *path)
{
  size_t i = 0;

  while (i < readable_n && strcmp(readable[i], path)) i++;
  return i;
}

/* Is it named since the lock was made, or has another file its name, as after an update of the system's CAs? */
static int is_beyond(char const *path)
{
  size_t i = place_of(path);

  return i == readable_n || stamp_other(then + i, path);
}

static void load(struct trusted *t)
{
  char const *paths = t->path, *path;
  unsigned int n = 0;

  t->store = X509_STORE_new();
  while (t->store && (path = next(&paths))) {
    if (X509_STORE_load_file(t->store, path) == 1) n++;
    else if (!readable_n || !is_beyond(path))
      log_line("error: no CA's certificate can be read from ", path, ": no server's certificate holds by it");
  }
  if (n) return;
  X509_STORE_free(t->store);
  t->store = 0;
}

int trust_read(void)
{
  static struct files f;
  size_t i;

  memset(&f, 0, sizeof f);
  if (name_all(&f) == -1) return -1;
  for (i = 0; i < f.n; i++) load(f.of + i);
  for (i = 0; i < files.n; i++) X509_STORE_free(files.of[i].store);
  files = f;
  return 0;
}

size_t trust_paths(struct priv_path *paths)
{
  char const *all, *path;
  size_t i;

  for (i = 0; i < files.n; i++)
    for (all = files.of[i].path; (path = next(&all)); ) {
      if (readable_n == TRUST_FILES_MAX || place_of(path) < readable_n) continue;
      then[readable_n] = stamp_of(path);
      memcpy(readable[readable_n], path, strlen(path) + 1);
      paths[readable_n] = (struct priv_path){ readable[readable_n], PRIV_READ };
      readable_n++;
    }
  return readable_n;
}

int trust_beyond(void)
{
  char const *all, *path;
  size_t i;

  for (i = 0; i < files.n; i++)
    for (all = files.of[i].path; (path = next(&all)); )
      if (is_beyond(path)) return 1;
  return 0;
}

X509_STORE *trust_find(char const *path)
{
  struct trusted *t = find(&files, *path ? path : files.standard);

  return t ? t->store : 0;
}
