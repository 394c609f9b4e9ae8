/*
 * heldkey.h - the keys of keyprovider: a public key, and the folder's name where the private half is mail-keyd's
 *
 * The keymgmt of the provider. It takes in and compares, and gives nothing away: what cannot be exported OpenSSL brings
 * to the signatures of this same provider.
 */

#ifndef TLS_HELDKEY_H
#define TLS_HELDKEY_H

#include <openssl/core_dispatch.h>
#include <openssl/evp.h>

#include "door/sign.h"

#define HELDKEY_PROVIDER "bulkhead"
#define HELDKEY_MINE "provider=" HELDKEY_PROVIDER
#define HELDKEY_OTHERS "provider=default"       /* OpenSSL's own */
#define HELDKEY_CALL(ID, F) { ID, (void (*)(void))(F) }

struct heldkey {
  EVP_PKEY *public;                     /* one of OpenSSL's own provider */
  char name[SIGN_NAME_MAX + 1];         /* "": a certificate's public key, to be compared with others */
  unsigned char digest[SIGN_KEY_BYTES];
};

/* For OSSL_OP_KEYMGMT. */
extern OSSL_ALGORITHM const heldkey_algorithms[];

/* As keyprovider_key. */
extern EVP_PKEY *heldkey_new(EVP_PKEY *public, char const *name);

#endif
