/*
 * form.h - is this what a server signs in a TLS handshake, and nothing else?
 *
 * Whoever may ask for signatures must not get one over anything that means something elsewhere: no certificate, no
 * mail, no client's login, no bare digest. So the whole text comes here, and only two forms of it pass:
 *
 *      TLS 1.3   64 blanks, "TLS 1.3, server CertificateVerify", a NUL, the transcript's hash of 32 or 48 bytes
 *      TLS 1.2   both randoms, 32 bytes each; the key exchange: a named curve (3), its number, a point and its length
 *
 * Neither can be read as the other: behind 64 blanks the one has a T and the other a 3. No OpenSSL here.
 */

#ifndef KEY_FORM_H
#define KEY_FORM_H

#include <stddef.h>

enum form { FORM_NONE, FORM_TLS12, FORM_TLS13 };

extern enum form form_of(unsigned char const *text, size_t len);

enum form_kind { FORM_PKCS1, FORM_PSS, FORM_ECDSA, FORM_EDDSA };

/* A SignatureScheme (RFC 8446 4.2.3) as far as it is signed here. */
struct form_scheme {
  unsigned int number;
  enum form_kind kind;
  char const *key;      /* the kind of key, as OpenSSL calls it */
  char const *digest;   /* null: the kind has its own */
  char const *group;    /* of TLS 1.3, where the number names the curve, too; null: none */
};

/* The scheme of that number which may sign a text of that form, or null. */
extern struct form_scheme const *form_scheme(unsigned int number, enum form);

#endif
