/*
 * keyring.h - the private keys below HOME/tls, each read when it is wanted first, and again when its file has changed
 *
 * The key before the last one stays for a handshake that began with its certificate: mail-newcert exchanges both at
 * once, but between a client's hello and the signature a moment passes.
 */

#ifndef KEY_KEYRING_H
#define KEY_KEYRING_H

#include <openssl/evp.h>

#include "door/sign.h"

#define KEYRING_MAX 2048           /* names in memory; with more, those read first are read again */
#define KEYRING_FILE_MAX 65536     /* bytes of a file */

/* The private key of that name (sign_name holds) whose public one has this SHA-256, or null with *why set, to be told
   behind the name. It stays this module's. A file that cannot be used is told to the log, once a change. */
extern EVP_PKEY *keyring_find(char const *name, unsigned char const key[SIGN_KEY_BYTES], char const **why);

/* Reads one private key (PEM, not encrypted). Null: there is none in it. */
extern EVP_PKEY *keyring_read(char const *pem, size_t len);

#endif
