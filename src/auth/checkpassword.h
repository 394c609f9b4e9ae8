/*
 * checkpassword.h - passwords that a program knows: checkpassword's interface, login NUL password NUL NUL at its
 * descriptor 3, and exit 0 right, 1 wrong, anything else not now
 *
 * mail-authd and its processes are locked in, which such a program could not live with. So a starter is forked before
 * the lock. It hears of nobody but mail-authd, and runs nothing but the program named then, in a copy of itself for
 * each password.
 */

#ifndef AUTH_CHECKPASSWORD_H
#define AUTH_CHECKPASSWORD_H

#include "auth/verdict.h"

/* In the parent, before its lock: forks the starter for the program, a line of words (lib/conf/login.h), which may take
   so many seconds. Its socket, close-on-exec, or -1 with errno. */
extern int checkpassword_start(char const *program, unsigned int seconds);

/* In the parent: a socket for one password of one process. -1 with errno. */
extern int checkpassword_socket(int starter);

/* In the process. */
extern enum verdict checkpassword_ask(int sock, char const *ip, char const *login, char const *password,
                                      unsigned int seconds);

#endif
