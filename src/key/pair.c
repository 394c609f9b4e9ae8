/* pair.c - see pair.h */

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "door/sign.h"
#include "key/keyring.h"
#include "key/pair.h"
#include "lib/io/log.h"

#define SUBJECT_MAX 256
#define DATE_MAX 64
#define GROUP_NAME_MAX 64
#define RSA_BITS_MIN 2048       /* what OpenSSL's clients take at least */
#define RSA_BITS_MAX (8 * SIGN_BYTES_MAX)
#define ANY_LABEL "any-name."   /* to ask whether a certificate is for all of a domain's */

/* Ends the program because of the certificate at that place of the chain. */
static _Noreturn void wrong(char const *file, X509 *x, int place, char const *what, char const *detail)
{
  char subject[SUBJECT_MAX];

  X509_NAME_oneline(X509_get_subject_name(x), subject, sizeof subject);
  log_start();
  log_text("fatal: ");
  log_string(file);
  log_count(": certificate ", place + 1);
  log_text(" (");
  log_string(subject);
  log_text(") ");
  log_text(what);
  log_string(detail);
  log_end();
  _exit(100);
}

static STACK_OF(X509) *read_chain(struct pair_text const *from)
{
  BIO *b = BIO_new_mem_buf(from->s, (int)from->len);
  STACK_OF(X509) *chain = sk_X509_new_null();
  X509 *x;

  if (!b || !chain) log_diex(111, "fatal: out of memory");
  ERR_clear_error();
  while ((x = PEM_read_bio_X509(b, 0, 0, 0)))
    if (!sk_X509_push(chain, x)) log_diex(111, "fatal: out of memory");
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
    log_diex(100, "fatal: ", from->file, ": a certificate in it is damaged: get the file anew");
  ERR_clear_error();
  BIO_free(b);
  return chain;
}

void pair_read(struct pair *p, struct pair_text const *cert, struct pair_text const *key)
{
  p->chain = read_chain(cert);
  if (!sk_X509_num(p->chain))
    log_diex(100, "fatal: ", cert->file, ": no certificate in PEM (-----BEGIN CERTIFICATE-----) in it");
  p->key = keyring_read(key->s, key->len);
  if (!p->key)
    log_diex(100, "fatal: ", key->file, ": no private key in PEM in it, or one with a password: take that off "
             "(openssl pkey)");
}

static void check_kind(EVP_PKEY *key, char const *file)
{
  static char const *const curves[] = { "prime256v1", "secp384r1", "secp521r1" };
  char group[GROUP_NAME_MAX] = "";
  int bits = EVP_PKEY_get_bits(key);
  size_t i;

  if (EVP_PKEY_is_a(key, "ED25519")) return;
  if (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS")) {
    if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX)
      log_diex(100, "fatal: ", file, ": an RSA key needs 2048 to 8192 bits: make another one");
    return;
  }
  if (EVP_PKEY_is_a(key, "EC")) EVP_PKEY_get_group_name(key, group, sizeof group, 0);
  for (i = 0; i < sizeof curves / sizeof curves[0]; i++)
    if (!strcmp(group, curves[i])) return;
  log_diex(100, "fatal: ", file, ": a kind of key that mail-keyd does not sign with: take RSA, ECDSA with P-256, P-384 "
           "or P-521, or Ed25519");
}

static void check_dates(X509 *x, char const *file, int place)
{
  ASN1_TIME const *first = X509_get0_notBefore(x), *last = X509_get0_notAfter(x);
  int early = X509_cmp_current_time(first) > 0;
  BIO *b = BIO_new(BIO_s_mem());
  char date[DATE_MAX] = "";

  if (early || X509_cmp_current_time(last) < 0) {
    if (b && ASN1_TIME_print(b, early ? first : last)) BIO_gets(b, date, sizeof date);
    wrong(file, x, place, early ? "is not valid before " : "has expired: ", date);
  }
  BIO_free(b);
}

static int issued(X509 *issuer, X509 *x)
{
  return X509_check_issued(issuer, x) == X509_V_OK && X509_verify(x, X509_get0_pubkey(issuer)) == 1;
}

static int known(X509 *x, struct pair_text const *roots)
{
  STACK_OF(X509) *all;
  int i, found = 0;

  if (!roots->len) return 0;
  all = read_chain(roots);
  for (i = 0; i < sk_X509_num(all) && !found; i++) found = issued(sk_X509_value(all, i), x);
  sk_X509_pop_free(all, X509_free);
  return found;
}

/* Does it say where its issuer's certificate is to be had? Those of public authorities do (RFC 5280 4.2.2.1). */
static int names_issuer(X509 *x)
{
  AUTHORITY_INFO_ACCESS *info = X509_get_ext_d2i(x, NID_info_access, 0, 0);
  int i, found = 0;

  for (i = 0; i < sk_ACCESS_DESCRIPTION_num(info); i++)
    found |= OBJ_obj2nid(sk_ACCESS_DESCRIPTION_value(info, i)->method) == NID_ad_ca_issuers;
  AUTHORITY_INFO_ACCESS_free(info);
  return found;
}

/* The last one's issuer is a root, which clients have: is it one? */
static void check_end(X509 *x, char const *file, int place, struct pair_text const *roots)
{
  char issuer[SUBJECT_MAX];

  if (X509_self_signed(x, 1) == 1 || known(x, roots)) return;
  X509_NAME_oneline(X509_get_issuer_name(x), issuer, sizeof issuer);
  if (names_issuer(x))
    wrong(file, x, place, "ends the chain, but its issuer is no authority that this system knows: give the whole chain "
          "(fullchain.pem), with the certificate of ", issuer);
  log_line("warning: ", file, ": clients must know its issuer, which this system does not: ", issuer);
}

void pair_check(struct pair const *p, char const *file, struct pair_text const *roots)
{
  int i, n = sk_X509_num(p->chain);
  X509 *own = sk_X509_value(p->chain, 0);

  check_kind(p->key, file);
  if (X509_check_private_key(own, p->key) != 1) {
    for (i = 1; i < n; i++)
      if (X509_check_private_key(sk_X509_value(p->chain, i), p->key) == 1)
        wrong(file, sk_X509_value(p->chain, i), i, "is the key's: put it first", "");
    wrong(file, own, 0, "is not that of the key: give the two that belong together", "");
  }
  for (i = 0; i < n; i++) check_dates(sk_X509_value(p->chain, i), file, i);
  for (i = 1; i < n; i++)
    if (!issued(sk_X509_value(p->chain, i), sk_X509_value(p->chain, i - 1)))
      wrong(file, sk_X509_value(p->chain, i), i, "did not issue the one before it: behind each certificate there must "
            "be its issuer's, and no other", "");
  check_end(sk_X509_value(p->chain, n - 1), file, n - 1, roots);
  if (X509_check_purpose(own, X509_PURPOSE_SSL_SERVER, 0) != 1)
    wrong(file, own, 0, "is not for servers (extendedKeyUsage)", "");
}

/* The names that it is for, as many as there is room for. */
static void list_names(X509 *x, char *s, size_t size)
{
  GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, 0, 0);
  size_t used = 0;
  int i;

  for (i = 0; i < sk_GENERAL_NAME_num(names); i++) {
    GENERAL_NAME const *name = sk_GENERAL_NAME_value(names, i);
    if (name->type != GEN_DNS || used + (size_t)name->d.dNSName->length + 2 > size) continue;
    s[used++] = ' ';
    memcpy(s + used, name->d.dNSName->data, (size_t)name->d.dNSName->length);
    used += (size_t)name->d.dNSName->length;
  }
  s[used] = 0;
  GENERAL_NAMES_free(names);
}

void pair_check_name(struct pair const *p, char const *file, char const *name)
{
  X509 *own = sk_X509_value(p->chain, 0);
  char host[SIGN_NAME_MAX + sizeof ANY_LABEL], names[SUBJECT_MAX];

  if (!strcmp(name, "default")) return;
  if (!strncmp(name, "_.", 2)) snprintf(host, sizeof host, ANY_LABEL "%s", name + 2);
  else snprintf(host, sizeof host, "%s", name);
  if (X509_check_host(own, host, 0, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, 0) != 1) {
    list_names(own, names, sizeof names);
    wrong(file, own, 0, "is not for this name, but for", *names ? names : " no host");
  }
  if (X509_check_host(own, host, 0, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, 0) != 1)
    log_line("warning: ", file, ": its name is in the subject alone, where many clients do not look (subjectAltName)");
}

int pair_write(struct pair const *p, int cert_fd, int key_fd)
{
  BIO *cert = BIO_new_fd(cert_fd, BIO_NOCLOSE), *key = BIO_new_fd(key_fd, BIO_NOCLOSE);
  int i, good = cert && key && PEM_write_bio_PrivateKey(key, p->key, 0, 0, 0, 0, 0) == 1;

  for (i = 0; good && i < sk_X509_num(p->chain); i++) good = PEM_write_bio_X509(cert, sk_X509_value(p->chain, i)) == 1;
  BIO_free(cert);
  BIO_free(key);
  return good ? 0 : -1;
}
