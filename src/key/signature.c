/* signature.c - see signature.h */

#include <string.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "key/signature.h"

#define GROUP_NAME_MAX 64

int signature_fits(EVP_PKEY *key, struct form_scheme const *scheme, enum form form)
{
  char group[GROUP_NAME_MAX];

  if (!EVP_PKEY_is_a(key, scheme->key)) return 0;
  if (form != FORM_TLS13 || !scheme->group) return 1;
  return EVP_PKEY_get_group_name(key, group, sizeof group, 0) && !strcmp(group, scheme->group);
}

static int prepare(EVP_MD_CTX *m, EVP_PKEY *key, struct form_scheme const *scheme)
{
  EVP_PKEY_CTX *c;

  if (EVP_DigestSignInit_ex(m, &c, scheme->digest, 0, 0, key, 0) <= 0) return 0;
  return scheme->kind != FORM_PSS || (EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PSS_PADDING) > 0
                                      && EVP_PKEY_CTX_set_rsa_pss_saltlen(c, RSA_PSS_SALTLEN_DIGEST) > 0);
}

int signature_make(EVP_PKEY *key, struct form_scheme const *scheme, struct sign_request const *r,
                   struct sign_answer *a)
{
  EVP_MD_CTX *m = EVP_MD_CTX_new();
  int good;

  *a = (struct sign_answer){ .status = SIGN_DONE, .len = sizeof a->signature };
  good = m && EVP_PKEY_get_size(key) <= SIGN_BYTES_MAX && prepare(m, key, scheme)
         && EVP_DigestSign(m, a->signature, &a->len, r->text, r->len) > 0;
  EVP_MD_CTX_free(m);
  ERR_clear_error();
  return good ? 0 : -1;
}
