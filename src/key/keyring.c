/* keyring.c - see keyring.h */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include "key/keyring.h"
#include "lib/conf/conf.h"
#include "lib/conf/stamp.h"
#include "lib/io/io.h"
#include "lib/io/log.h"

struct pair {
  EVP_PKEY *key;                /* null: none */
  unsigned char digest[SIGN_KEY_BYTES];
};

struct entry {
  char name[SIGN_NAME_MAX + 1];
  struct stamp stamp;
  int settled;                  /* a change since shows in the stamp */
  struct pair now, before;
};

static struct entry entries[KEYRING_MAX];
static size_t n, oldest;

static int no_password(char *buf, int size, int writing, void *context)
{
  (void)buf, (void)size, (void)writing, (void)context;
  return -1;
}

EVP_PKEY *keyring_read(char const *pem, size_t len)
{
  BIO *b = BIO_new_mem_buf(pem, (int)len);
  EVP_PKEY *key = b ? PEM_read_bio_PrivateKey(b, 0, no_password, 0) : 0;

  BIO_free(b);
  ERR_clear_error();
  return key;
}

static int digest_of(EVP_PKEY *key, unsigned char digest[SIGN_KEY_BYTES])
{
  unsigned char *der = 0;
  int len = i2d_PUBKEY(key, &der);

  if (len <= 0) return 0;
  SHA256(der, (size_t)len, digest);
  OPENSSL_free(der);
  return 1;
}

static int load(struct pair *p, char const *path)
{
  char pem[KEYRING_FILE_MAX];
  ssize_t len = io_read_file(path, pem, sizeof pem);

  if (len == -1) return -1;
  p->key = keyring_read(pem, (size_t)len);
  OPENSSL_cleanse(pem, (size_t)len);
  errno = EINVAL;
  if (!p->key) return -1;
  if (digest_of(p->key, p->digest)) return 0;
  EVP_PKEY_free(p->key);
  return -1;
}

static void drop(struct pair *p)
{
  EVP_PKEY_free(p->key);
  p->key = 0;
}

static void forget(struct entry *e)
{
  drop(&e->now);
  drop(&e->before);
  e->stamp = (struct stamp){ .ino = 0 };
}

static struct entry *entry_of(char const *name)
{
  struct entry *e;

  for (e = entries; e < entries + n; e++)
    if (!strcmp(e->name, name)) return e;
  if (n < KEYRING_MAX) e = entries + n++;
  else {
    e = entries + oldest;
    oldest = (oldest + 1) % KEYRING_MAX;
    forget(e);
  }
  snprintf(e->name, sizeof e->name, "%s", name);
  return e;
}

static void tell(char const *path)
{
  if (errno == EINVAL) log_line("error: no private key that can be used, in PEM and without a password: ", path);
  else log_sys("error: unable to read ", path);
}

static void renew(struct entry *e, struct stamp const *stamp, char const *path)
{
  struct pair p;
  int known = stamp_same(&e->stamp, stamp);

  if (known && e->settled) return;
  e->settled = stamp_settled(stamp);
  e->stamp = *stamp;
  if (load(&p, path) == -1) {
    if (errno != EINVAL) e->settled = 0;        /* it may be sound: no memory or descriptor for it now */
    if (!known) tell(path);
    drop(&e->now);
    return;
  }
  if (e->now.key && !memcmp(e->now.digest, p.digest, SIGN_KEY_BYTES)) drop(&e->now);
  else {
    drop(&e->before);
    e->before = e->now;
  }
  e->now = p;
}

EVP_PKEY *keyring_find(char const *name, unsigned char const key[SIGN_KEY_BYTES], char const **why)
{
  char folder[CONF_PATH_MAX], path[CONF_PATH_MAX + sizeof "/key"];
  struct entry *e = entry_of(name);
  struct stamp stamp;

  snprintf(path, sizeof path, "%s/key", conf_file(folder, "tls", name));
  stamp = stamp_of(path);
  if (stamp.ino) renew(e, &stamp, path);
  else forget(e);
  if (e->now.key && !memcmp(e->now.digest, key, SIGN_KEY_BYTES)) return e->now.key;
  if (e->before.key && !memcmp(e->before.digest, key, SIGN_KEY_BYTES)) return e->before.key;
  *why = "the key cannot be used";
  if (!stamp.ino) *why = "has no key";
  else if (e->now.key) *why = "the key is another one than the certificate's";
  return 0;
}
