/*
 * passwords.h - users/passwords: who may log in (made by mail-newpw, read by mail-authd)
 *
 *      LOGIN:HASH:SCRAM-SHA-256$ITERATIONS:SALT$STORED:SERVER
 *
 * a line each. HASH is crypt(3)'s, and with ! or * in front it is locked, for SCRAM too; behind it stands what SCRAM
 * needs, as RFC 5803 writes it, or nothing. LOGIN is in lower case. A line *:SEED: has random bytes (base64), of which
 * the salts of logins that do not exist are made.
 */

#ifndef AUTH_PASSWORDS_H
#define AUTH_PASSWORDS_H

#include <stddef.h>

#include "auth/scram.h"

#define PASSWORDS_FILE "users/passwords"
#define PASSWORDS_BYTES_MAX 8388608     /* of the file */
#define PASSWORDS_LINE_MAX 1280         /* bytes of a line, its end included */
#define PASSWORDS_HASH_MAX 383          /* what crypt(3) may write */
#define PASSWORDS_SEED 32

struct password {
  char login[AUTH_LOGIN_MAX + 1];
  char hash[PASSWORDS_HASH_MAX + 1];
  int has_scram;        /* and it is not locked */
  struct scram_keys scram;
  int stranger;         /* made up: no password is right */
};

/* One line, without its end. 1, or 0 when it is none of a login. */
extern int passwords_parse(struct password *, char const *, size_t len);

/* The same as a line, with its end: its length. */
extern size_t passwords_format(struct password const *, char line[PASSWORDS_LINE_MAX + 1]);

enum passwords_found { PASSWORDS_NONE, PASSWORDS_FOUND, PASSWORDS_DAMAGED };

/* Looks for a login in the file's text; *line: its number, from 1. Always goes through all of it. */
extern enum passwords_found passwords_find(char const *text, size_t len, char const *login, struct password *,
                                           unsigned int *line);

/* Bytes of its seed line, as they are written; 0: there is none. */
extern size_t passwords_seed(char const *text, size_t len, char const **seed);

/* Has it one that a password can be right for: it is not locked, nor empty? */
extern int passwords_has_hash(struct password const *);

/* For a login that is not there, or has not what is asked for: what leads to the same steps, and to no success. Hash
   and iterations are the first of the file, the salt is made of seed and login: the same whenever it is asked for. */
extern void passwords_stranger(char const *text, size_t len, char const *login, char const *seed, size_t seed_len,
                               struct password *);

/* Is it the password? 1 or 0; -1 when crypt(3) cannot do the hash. None is right for one that is locked or empty. */
extern int passwords_right(struct password const *, char const *password);

#endif
