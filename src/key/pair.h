/*
 * pair.h - a chain of certificates and its private key, as the administrator has them: can a server work with them?
 *
 * What cannot be used ends the program: 100 and what to do. What may be meant so is a warning.
 */

#ifndef KEY_PAIR_H
#define KEY_PAIR_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#define PAIR_FILE_MAX 262144    /* bytes of a file in PEM */

struct pair {
  STACK_OF(X509) *chain;        /* the own certificate first, then each one's issuer */
  EVP_PKEY *key;
};

/* A text that was read, and how errors call it. */
struct pair_text {
  char const *file;
  char const *s;
  size_t len;
};

/* Reads both; of the other things that a PEM file may hold nothing stays. */
extern void pair_read(struct pair *, struct pair_text const *cert, struct pair_text const *key);

/* The kind of key, that it is the first certificate's, the order of the chain, each one's dates, and that the first is
   a server's. roots: PEM certificates of the authorities that this system knows (0 bytes: none). file: what errors call
   the chain. */
extern void pair_check(struct pair const *, char const *file, struct pair_text const *roots);

/* That the first certificate is one for the folder of that name (sign_name): any is for "default". */
extern void pair_check_name(struct pair const *, char const *file, char const *name);

/* Writes both in PEM. 0, or -1. */
extern int pair_write(struct pair const *, int cert_fd, int key_fd);

#endif
