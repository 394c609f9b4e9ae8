/* heldkey.c - see heldkey.h */

#include <stdio.h>
#include <openssl/core_names.h>
#include <openssl/core_object.h>
#include <openssl/params.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include "tls/heldkey.h"

#define PARAM_KEY "bulkhead-key"        /* of an import: the address of a struct source */

/* What heldkey_new hands to the import of a key. */
struct source {
  EVP_PKEY *public;
  char const *name;
};

static void *key_new(void *context)
{
  (void)context;
  return OPENSSL_zalloc(sizeof(struct heldkey));
}

static void key_free(void *data)
{
  struct heldkey *h = data;

  if (h) EVP_PKEY_free(h->public);
  OPENSSL_free(h);
}

static int key_has(void const *data, int selection)
{
  struct heldkey const *h = data;

  if (!h || !h->public) return 0;
  return *h->name || !(selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY);
}

static int key_match(void const *one, void const *other, int selection)
{
  (void)selection;
  return EVP_PKEY_eq(((struct heldkey const *)one)->public, ((struct heldkey const *)other)->public) == 1;
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

static int take_source(struct heldkey *h, OSSL_PARAM const *p)
{
  struct source const *from;
  size_t len;

  if (!OSSL_PARAM_get_octet_ptr(p, (void const **)&from, &len) || len != sizeof *from || !EVP_PKEY_up_ref(from->public))
    return 0;
  h->public = from->public;
  snprintf(h->name, sizeof h->name, "%s", from->name);
  return digest_of(h->public, h->digest);
}

/* A public key as its numbers: OpenSSL wants to compare a certificate's with ours. */
static int take_public(struct heldkey *h, char const *type, OSSL_PARAM const params[])
{
  EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(0, type, HELDKEY_OTHERS);
  int good = c && EVP_PKEY_fromdata_init(c) > 0
             && EVP_PKEY_fromdata(c, &h->public, EVP_PKEY_PUBLIC_KEY, (OSSL_PARAM *)params) > 0;

  EVP_PKEY_CTX_free(c);
  return good;
}

static int import_as(struct heldkey *h, char const *type, int selection, OSSL_PARAM const params[])
{
  OSSL_PARAM const *own = OSSL_PARAM_locate_const(params, PARAM_KEY);

  if (own) return take_source(h, own);
  return !(selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) && take_public(h, type, params);
}

static int key_get_params(void *data, OSSL_PARAM params[])
{
  return EVP_PKEY_get_params(((struct heldkey *)data)->public, params);
}

/* What libssl asks for; whatever else is asked the public key itself knows. */
static OSSL_PARAM const *key_gettable(void *context)
{
  static OSSL_PARAM const known[] = {
    OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, 0), OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, 0),
    OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, 0), OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, 0, 0),
    OSSL_PARAM_END
  };

  (void)context;
  return known;
}

static OSSL_PARAM const *key_importable(int selection)
{
  static OSSL_PARAM const importable[] = { OSSL_PARAM_octet_ptr(PARAM_KEY, 0, 0), OSSL_PARAM_END };

  (void)selection;
  return importable;
}

#define IMPORT(NAME, TYPE) \
  static int NAME(void *data, int selection, OSSL_PARAM const params[]) \
  { \
    return import_as(data, TYPE, selection, params); \
  }
IMPORT(import_rsa, "RSA")
IMPORT(import_pss, "RSA-PSS")
IMPORT(import_ec, "EC")
IMPORT(import_ed25519, "ED25519")

static char const *operation_of_ec(int operation)
{
  return operation == OSSL_OP_SIGNATURE ? "ECDSA" : 0;
}

static char const *operation_of_pss(int operation)
{
  return operation == OSSL_OP_SIGNATURE ? "RSA" : 0;
}

#define KEYS(NAME, IMPORTS, ...) \
  static OSSL_DISPATCH const NAME[] = { \
    HELDKEY_CALL(OSSL_FUNC_KEYMGMT_NEW, key_new), \
    HELDKEY_CALL(OSSL_FUNC_KEYMGMT_FREE, key_free), \
    HELDKEY_CALL(OSSL_FUNC_KEYMGMT_HAS, key_has), \
    HELDKEY_CALL(OSSL_FUNC_KEYMGMT_MATCH, key_match), \
    HELDKEY_CALL(OSSL_FUNC_KEYMGMT_IMPORT, IMPORTS), \
    HELDKEY_CALL(OSSL_FUNC_KEYMGMT_IMPORT_TYPES, key_importable), \
    HELDKEY_CALL(OSSL_FUNC_KEYMGMT_GET_PARAMS, key_get_params), \
    HELDKEY_CALL(OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, key_gettable), \
    __VA_ARGS__ \
    { 0, 0 } \
  }
KEYS(keys_rsa, import_rsa, );
KEYS(keys_pss, import_pss, HELDKEY_CALL(OSSL_FUNC_KEYMGMT_QUERY_OPERATION_NAME, operation_of_pss), );
KEYS(keys_ec, import_ec, HELDKEY_CALL(OSSL_FUNC_KEYMGMT_QUERY_OPERATION_NAME, operation_of_ec), );
KEYS(keys_ed25519, import_ed25519, );

OSSL_ALGORITHM const heldkey_algorithms[] = {
  { "RSA:rsaEncryption:1.2.840.113549.1.1.1", HELDKEY_MINE, keys_rsa, 0 },
  { "RSA-PSS:RSASSA-PSS:1.2.840.113549.1.1.10", HELDKEY_MINE, keys_pss, 0 },
  { "EC:id-ecPublicKey:1.2.840.10045.2.1", HELDKEY_MINE, keys_ec, 0 },
  { "ED25519:1.3.101.112", HELDKEY_MINE, keys_ed25519, 0 },
  { 0, 0, 0, 0 }
};

EVP_PKEY *heldkey_new(EVP_PKEY *public, char const *name)
{
  struct source source = { public, name }, *from = &source;
  OSSL_PARAM params[] = { OSSL_PARAM_construct_octet_ptr(PARAM_KEY, (void **)&from, sizeof source), OSSL_PARAM_END };
  EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(0, EVP_PKEY_get0_type_name(public), HELDKEY_MINE);
  EVP_PKEY *key = 0;

  if (c && EVP_PKEY_fromdata_init(c) > 0 && EVP_PKEY_fromdata(c, &key, EVP_PKEY_KEYPAIR, params) <= 0) key = 0;
  EVP_PKEY_CTX_free(c);
  return key;
}
