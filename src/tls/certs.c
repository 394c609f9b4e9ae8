/* certs.c - see certs.h */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <skalibs/bytestr.h>

#include "door/sign.h"
#include "lib/conf/conf.h"
#include "lib/conf/control.h"
#include "lib/conf/stamp.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "tls/certs.h"
#include "tls/chain.h"
#include "tls/keyprovider.h"

#define FILE_MAX 262144         /* bytes of a chain in PEM */

struct cert {
  char name[SIGN_NAME_MAX + 1];
  struct stamp stamp;           /* of its file */
  int settled;                  /* a change since shows in the stamp */
  int listed;                   /* tls/ has it still */
  X509 *own;                    /* null: none that can be used */
  STACK_OF(X509) *chain;
  EVP_PKEY *key;                /* mail-keyd's (keyprovider.h) */
};

static struct cert *certs;      /* sorted by name */
static size_t n, room;
static size_t next;             /* to be looked at */
static struct stamp folder;     /* of tls/ */
static int folder_settled;
static char me[SIGN_NAME_MAX + 1];
static X509 *chosen;

static void drop(struct cert *c)
{
  X509_free(c->own);
  sk_X509_pop_free(c->chain, X509_free);
  EVP_PKEY_free(c->key);
  c->own = 0;
  c->chain = 0;
  c->key = 0;
}

/* 0, or -1 with errno: EINVAL where it is of no use to try again. told: the log has it that this cannot be read. */
static int load(struct cert *c, char const *path, int told)
{
  static char pem[FILE_MAX];
  ssize_t len = io_read_file(path, pem, sizeof pem);
  EVP_PKEY *public;
  int e = errno;

  if (len == -1) {
    if (!told) log_sys("error: unable to read ", path);
    errno = e;
    return -1;
  }
  if (chain_read(pem, (size_t)len, &c->own, &c->chain) == -1) {
    log_line("error: this is damaged, or no chain of certificates in PEM: ", path);
    errno = EINVAL;
    return -1;
  }
  public = X509_get0_pubkey(c->own);
  c->key = public ? keyprovider_key(public, c->name) : 0;
  ERR_clear_error();
  if (c->key) return 0;
  log_line("error: a kind of key that mail-keyd does not know: ", path);
  errno = EINVAL;
  return -1;
}

static void warn_of_dates(struct cert const *c, char const *path)
{
  if (X509_cmp_current_time(X509_get0_notAfter(c->own)) < 0) log_line("warning: this certificate has expired: ", path);
  else if (X509_cmp_current_time(X509_get0_notBefore(c->own)) > 0)
    log_line("warning: this certificate is not valid yet: ", path);
}

/* Loads one whose file has changed. What is there stays in use when the new one cannot be. */
static void look(struct cert *c)
{
  char dir[CONF_PATH_MAX], path[CONF_PATH_MAX + sizeof "/cert"];
  struct cert fresh = *c;
  int known;

  snprintf(path, sizeof path, "%s/cert", conf_file(dir, "tls", c->name));
  fresh.stamp = stamp_of(path);
  known = stamp_same(&fresh.stamp, &c->stamp);
  if (known && c->settled) return;
  fresh.settled = stamp_settled(&fresh.stamp);
  fresh.own = 0;
  fresh.chain = 0;
  fresh.key = 0;
  if (!fresh.stamp.ino) {       /* an empty folder: its name is one that is not there */
    drop(c);
    *c = fresh;
    return;
  }
  if (load(&fresh, path, known) == -1) {
    c->settled = errno == EINVAL;       /* told once; else it may be sound: no memory or descriptor for it now */
    c->stamp = fresh.stamp;
    drop(&fresh);
    return;
  }
  if (!known) warn_of_dates(&fresh, path);
  drop(c);
  *c = fresh;
}

static int by_name(void const *a, void const *b)
{
  return strcmp(((struct cert const *)a)->name, ((struct cert const *)b)->name);
}

static struct cert *find(char const *name)
{
  struct cert key;

  if (!certs || strlen(name) >= sizeof key.name) return 0;
  memcpy(key.name, name, strlen(name) + 1);
  return bsearch(&key, certs, n, sizeof key, by_name);
}

/* Takes a name of the folder: known ones are marked as there, the others go behind the sorted ones. */
static int take_name(char const *name, size_t sorted)
{
  struct cert key, *c = 0;

  if (!sign_name(name)) return 0;
  memcpy(key.name, name, strlen(name) + 1);
  if (sorted) c = bsearch(&key, certs, sorted, sizeof key, by_name);
  if (c) {
    c->listed = 1;
    return 0;
  }
  if (n == CERTS_MAX) {
    log_line("error: more folders in tls than are read, this one is not: ", name);
    return 0;
  }
  if (n == room) {
    size_t more = room ? 2 * room : 16;
    c = realloc(certs, more * sizeof *c);
    if (!c) return -1;
    certs = c;
    room = more;
  }
  certs[n] = (struct cert){ .listed = 1 };
  memcpy(certs[n++].name, key.name, sizeof key.name);
  return 0;
}

/* Leaves out what is no more, and puts the rest in order. */
static void sort(void)
{
  size_t i, kept = 0;

  for (i = 0; i < n; i++) {
    if (certs[i].listed) certs[kept++] = certs[i];
    else drop(certs + i);
  }
  n = kept;
  if (n) qsort(certs, n, sizeof *certs, by_name);
}

static void read_me(void)
{
  stralloc value = STRALLOC_ZERO;

  if (control_value("me", &value) != -1) snprintf(me, sizeof me, "%s", value.s);
  stralloc_free(&value);
  case_lowers(me);
}

/* Reads tls/ anew, and looks at all that it has. */
static int list(void)
{
  char path[CONF_PATH_MAX];
  struct stamp now = stamp_of(conf_path(path, "tls"));
  DIR *d = opendir(path);
  struct dirent *e;
  size_t i, sorted = n;
  int bad = 0;

  if (!d) return -1;
  for (i = 0; i < n; i++) certs[i].listed = 0;
  while (!bad && (errno = 0, e = readdir(d))) bad = take_name(e->d_name, sorted) == -1;
  bad = bad || errno;
  closedir(d);
  if (bad) for (i = 0; i < n; i++) certs[i].listed = 1;
  sort();
  folder = now;
  folder_settled = !bad && stamp_settled(&now);
  read_me();
  for (i = 0; i < n; i++) look(certs + i);
  return 0;
}

int certs_start(void)
{
  return list();
}

void certs_look(void)
{
  char path[CONF_PATH_MAX];
  struct stamp now = stamp_of(conf_path(path, "tls"));
  size_t i;

  if (!folder_settled || !stamp_same(&now, &folder)) {
    if (list() == -1) log_sys("error: unable to read ", path);
    return;
  }
  for (i = 0; i < n && i < CERTS_LOOK; i++) {
    if (next >= n) next = 0;
    look(certs + next++);
  }
}

size_t certs_count(void)
{
  size_t i, count = 0;

  for (i = 0; i < n; i++) count += certs[i].own != 0;
  return count;
}

static struct cert *usable(char const *name)
{
  struct cert *c = find(name);

  return c && c->own ? c : 0;
}

static struct cert *for_name(char const *sni)
{
  char name[SIGN_NAME_MAX + 1], *dot;
  struct cert *c;

  if (strlen(sni) > SIGN_NAME_MAX) return 0;
  memcpy(name, sni, strlen(sni) + 1);
  case_lowers(name);
  c = usable(name);
  dot = strchr(name, '.');
  if (c || !dot || dot == name) return c;
  dot[-1] = '_';
  return usable(dot - 1);
}

static struct cert *only_one(void)
{
  struct cert *c, *found = 0;

  for (c = certs; c < certs + n; c++) {
    if (!c->own) continue;
    if (found) return 0;
    found = c;
  }
  return found;
}

int certs_choose(SSL *ssl, char const *sni)
{
  struct cert *c = sni ? for_name(sni) : 0;

  if (!c) c = usable("default");
  if (!c) c = usable(me);
  if (!c) c = only_one();
  if (!c || SSL_use_cert_and_key(ssl, c->own, c->key, c->chain, 1) != 1) return 0;
  chosen = c->own;
  return 1;
}

X509 *certs_chosen(void)
{
  return chosen;
}
