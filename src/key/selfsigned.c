/* selfsigned.c - see selfsigned.h */

#include <stdio.h>
#include <string.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "door/sign.h"
#include "key/selfsigned.h"
#include "lib/io/log.h"

#define V3 2                    /* as the format counts */
#define DAY 86400L
#define HOUR 3600L              /* clients' clocks may be slow */
#define COMMON_NAME_MAX 64      /* RFC 5280, appendix A.1: ub-common-name */

static int extend(X509 *x, int id, char const *value)
{
  X509_EXTENSION *e = X509V3_EXT_conf_nid(0, 0, id, value);
  int good = e && X509_add_ext(x, e, -1) == 1;

  X509_EXTENSION_free(e);
  return good;
}

static int number(X509 *x)
{
  uint64_t serial;

  return RAND_bytes((unsigned char *)&serial, sizeof serial) == 1
         && ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial >> 1 | 1) == 1;
}

static int name(X509 *x, char const *host)
{
  X509_NAME *subject = X509_get_subject_name(x);
  unsigned char const *cn = (unsigned char const *)host;
  char names[SIGN_NAME_MAX + sizeof "critical,DNS:"];
  int named = strlen(host) <= COMMON_NAME_MAX;

  snprintf(names, sizeof names, "%sDNS:%s", named ? "" : "critical,", host);
  return (!named || X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, cn, -1, -1, 0) == 1)
         && X509_set_issuer_name(x, subject) == 1 && extend(x, NID_subject_alt_name, names);
}

static int fill(X509 *x, EVP_PKEY *key, char const *host)
{
  return X509_set_version(x, V3) == 1 && number(x) && X509_gmtime_adj(X509_getm_notBefore(x), -HOUR)
         && X509_gmtime_adj(X509_getm_notAfter(x), SELFSIGNED_DAYS * DAY) && X509_set_pubkey(x, key) == 1
         && name(x, host) && extend(x, NID_basic_constraints, "critical,CA:FALSE")
         && extend(x, NID_key_usage, "critical,digitalSignature")
         && extend(x, NID_ext_key_usage, "serverAuth") && X509_sign(x, key, EVP_sha256()) > 0;
}

void selfsigned_make(struct pair *p, char const *host)
{
  X509 *x = X509_new();

  p->key = EVP_EC_gen("P-256");
  p->chain = sk_X509_new_null();
  if (!x || !p->key || !p->chain || !fill(x, p->key, host) || !sk_X509_push(p->chain, x))
    log_diex(111, "fatal: unable to make a certificate for ", host);
}
