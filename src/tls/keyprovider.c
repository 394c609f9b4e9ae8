/* keyprovider.c - see keyprovider.h */

#include <stdio.h>
#include <string.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>
#include <openssl/params.h>

#include "door/sign.h"
#include "tls/heldkey.h"
#include "tls/keyprovider.h"

#define DIGEST_NAME_MAX 32

/* A signature to be made. */
struct operation {
  struct heldkey const *key;
  char digest[DIGEST_NAME_MAX];
  int pss;
};

static OSSL_PROVIDER *loaded;
static int sign_socket = -1;
static unsigned int sign_seconds;
static char refusal[TEXT_MAX + 1];

/* The signatures */

static void *operation_new(void *context, char const *properties)
{
  (void)context, (void)properties;
  return OPENSSL_zalloc(sizeof(struct operation));
}

static void operation_free(void *data)
{
  OPENSSL_free(data);
}

static int set_pad(struct operation *o, OSSL_PARAM const *p)
{
  int mode;

  if (p->data_type == OSSL_PARAM_UTF8_STRING) o->pss = !strcmp(p->data, OSSL_PKEY_RSA_PAD_MODE_PSS);
  else if (OSSL_PARAM_get_int(p, &mode)) o->pss = mode == RSA_PKCS1_PSS_PADDING;
  else return 0;
  return 1;
}

/* The salt's length and the mask's digest are the protocol's: mail-keyd knows them. */
static int operation_set(void *data, OSSL_PARAM const params[])
{
  OSSL_PARAM const *p = params ? OSSL_PARAM_locate_const(params, OSSL_SIGNATURE_PARAM_PAD_MODE) : 0;

  return !p || set_pad(data, p);
}

static OSSL_PARAM const *operation_settable(void *data, void *context)
{
  static OSSL_PARAM const known[] = {
    OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, 0, 0),
    OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, 0, 0), OSSL_PARAM_END
  };

  (void)data, (void)context;
  return known;
}

static int sign_start(void *data, char const *digest, void *key, OSSL_PARAM const params[])
{
  struct operation *o = data;

  o->key = key;
  snprintf(o->digest, sizeof o->digest, "%s", digest ? digest : "");
  o->pss = EVP_PKEY_is_a(o->key->public, "RSA-PSS");
  return *o->key->name && operation_set(o, params);
}

/* The SignatureScheme of RFC 8446 4.2.3; 0: there is none. */
static unsigned int scheme_of(struct operation const *o)
{
  static struct {
    char const *digest;
    unsigned int pkcs1, ecdsa, rsae, pss;
  } const schemes[] = {
    { SN_sha256, 0x0401, 0x0403, 0x0804, 0x0809 },
    { SN_sha384, 0x0501, 0x0503, 0x0805, 0x080a },
    { SN_sha512, 0x0601, 0x0603, 0x0806, 0x080b }
  };
  EVP_MD *md;
  size_t i;
  unsigned int scheme = 0;

  if (!*o->digest) return EVP_PKEY_is_a(o->key->public, "ED25519") ? 0x0807 : 0;
  md = EVP_MD_fetch(0, o->digest, 0);
  for (i = 0; md && i < sizeof schemes / sizeof schemes[0]; i++) {
    if (!EVP_MD_is_a(md, schemes[i].digest)) continue;
    if (EVP_PKEY_is_a(o->key->public, "EC")) scheme = schemes[i].ecdsa;
    else if (EVP_PKEY_is_a(o->key->public, "RSA-PSS")) scheme = schemes[i].pss;
    else scheme = o->pss ? schemes[i].rsae : schemes[i].pkcs1;
  }
  EVP_MD_free(md);
  return scheme;
}

static int refuse(char const *why)
{
  snprintf(refusal, sizeof refusal, "%s", why);
  return 0;
}

static int ask(struct operation const *o, unsigned char *signature, size_t *len, size_t size, unsigned char const *text,
               size_t text_len)
{
  struct sign_request r = { .scheme = scheme_of(o), .len = text_len };
  struct sign_answer a;

  if (!r.scheme) return refuse("no way to sign that mail-keyd knows");
  if (text_len > SIGN_TEXT_MAX) return refuse("this is more than mail-keyd signs");
  if (sign_socket == -1) return refuse("mail-keyd is not there");
  memcpy(r.name, o->key->name, sizeof r.name);
  memcpy(r.key, o->key->digest, sizeof r.key);
  memcpy(r.text, text, text_len);
  sign_ask(sign_socket, &r, &a, sign_seconds);
  if (a.status != SIGN_DONE) return refuse(a.text);
  if (a.len > size) return refuse("the signature of mail-keyd is longer than its key");
  memcpy(signature, a.signature, a.len);
  *len = a.len;
  return 1;
}

static int sign_whole(void *data, unsigned char *signature, size_t *len, size_t size, unsigned char const *text,
                      size_t text_len)
{
  struct operation const *o = data;

  if (signature) return ask(o, signature, len, size, text, text_len);
  *len = (size_t)EVP_PKEY_get_size(o->key->public);
  return 1;
}

static OSSL_DISPATCH const signs[] = {
  HELDKEY_CALL(OSSL_FUNC_SIGNATURE_NEWCTX, operation_new),
  HELDKEY_CALL(OSSL_FUNC_SIGNATURE_FREECTX, operation_free),
  HELDKEY_CALL(OSSL_FUNC_SIGNATURE_DIGEST_SIGN_INIT, sign_start),
  HELDKEY_CALL(OSSL_FUNC_SIGNATURE_DIGEST_SIGN, sign_whole),
  HELDKEY_CALL(OSSL_FUNC_SIGNATURE_SET_CTX_PARAMS, operation_set),
  HELDKEY_CALL(OSSL_FUNC_SIGNATURE_SETTABLE_CTX_PARAMS, operation_settable),
  { 0, 0 }
};

static OSSL_ALGORITHM const signatures[] = {
  { "RSA:rsaEncryption:1.2.840.113549.1.1.1", HELDKEY_MINE, signs, 0 },
  { "ECDSA", HELDKEY_MINE, signs, 0 },
  { "ED25519:1.3.101.112", HELDKEY_MINE, signs, 0 },
  { 0, 0, 0, 0 }
};

/* The provider */

static OSSL_ALGORITHM const *query(void *context, int operation, int *no_store)
{
  (void)context;
  *no_store = 0;
  return operation == OSSL_OP_KEYMGMT ? heldkey_algorithms : operation == OSSL_OP_SIGNATURE ? signatures : 0;
}

static int provider_init(OSSL_CORE_HANDLE const *core, OSSL_DISPATCH const *from, OSSL_DISPATCH const **to,
                         void **context)
{
  static OSSL_DISPATCH const functions[] = { HELDKEY_CALL(OSSL_FUNC_PROVIDER_QUERY_OPERATION, query), { 0, 0 } };

  (void)from;
  *to = functions;
  *context = (void *)core;
  return 1;
}

/* OpenSSL's own provider stays, and is asked first: it does all that needs no key of ours, and cannot take one. */
int keyprovider_start(void)
{
  if (OSSL_PROVIDER_add_builtin(0, HELDKEY_PROVIDER, provider_init))
    loaded = OSSL_PROVIDER_try_load(0, HELDKEY_PROVIDER, 1);
  return loaded && EVP_set_default_properties(0, "?" HELDKEY_OTHERS) ? 0 : -1;
}

EVP_PKEY *keyprovider_key(EVP_PKEY *public, char const *name)
{
  return loaded ? heldkey_new(public, name) : 0;
}

void keyprovider_use(int sock, unsigned int seconds)
{
  sign_socket = sock;
  sign_seconds = seconds;
  *refusal = 0;
}

char const *keyprovider_refusal(void)
{
  return refusal;
}
