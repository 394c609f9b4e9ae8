/*
 * keyprovider.h - private keys that are not here: an OpenSSL provider whose signatures come by the door to mail-keyd
 *
 * To libssl such a key is like any other; what it holds is the public key and the folder's name, so that there is
 * nothing to steal. It signs a handshake's whole text (EVP_DigestSign at once, which is how libssl signs) and can do
 * nothing else: no digest, no decryption. So TLS 1.2 must be left with ECDHE ciphers (no kRSA, no DHE), and a handshake
 * of another kind fails. RSA (PKCS1 and PSS), RSA-PSS, EC and Ed25519.
 */

#ifndef TLS_KEYPROVIDER_H
#define TLS_KEYPROVIDER_H

#include <openssl/evp.h>

/* Makes the provider known to OpenSSL's default library context, whose other work stays with its own provider. Once,
   before priv_lock and before the first SSL_CTX. 0, or -1: OpenSSL's queue of errors says why. */
extern int keyprovider_start(void);

/* The private half of a public key, as that of the folder tls/NAME: for SSL_CTX_use_PrivateKey and its like. public
   stays the caller's; the result is to be freed (EVP_PKEY_free). Null: out of memory, or a kind of key that is not
   known here. */
extern EVP_PKEY *keyprovider_key(EVP_PKEY *public, char const *name);

/* In the process of one connection: where it gets its one signature (sign_connect, made by its parent; -1: nowhere),
   and how long it waits for it. The descriptor stays the caller's, who closes it when the handshake is over. */
extern void keyprovider_use(int sock, unsigned int seconds);

/* Why the last signature of this process was not given, in words for the log; "" when none was refused. */
extern char const *keyprovider_refusal(void);

#endif
