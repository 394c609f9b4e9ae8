/* file.h - what users/passwords says of one login, in the process of that login */

#ifndef AUTH_FILE_H
#define AUTH_FILE_H

#include <stddef.h>

#include "auth/passwords.h"
#include "auth/verdict.h"

struct file {
  int fd;                       /* opened before, or -1: it cannot be had */
  char const *seed;             /* for the salts of strangers, where the file has none */
  size_t seed_len;
};

enum known { KNOWN_LATER, STRANGER, KEYLESS, KNOWN };

/* What is kept of a login, in lower case. Of a stranger, and of one who lacks what is asked for (a hash; for SCRAM its
   keys), p is made up. With KNOWN_LATER nothing can be said now, and why is in words. Once for each process. */
extern enum known file_find(struct file const *, char const *login, int for_scram, struct password *p,
                            char const **why);

/* Is it the password? Why: as above, with VERDICT_LATER. */
extern enum verdict file_check(struct file const *, char const *login, char const *password, char const **why);

#endif
