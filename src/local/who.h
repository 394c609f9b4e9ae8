/* who.h - who gets the mail for a local part: users table, password file, alias user */

#ifndef LOCAL_WHO_H
#define LOCAL_WHO_H

#include <sys/types.h>

#include "door/lookup.h"

struct account {
  uid_t uid;
  gid_t gid;
  char name[LOOKUP_USER_MAX + 1];
  char home[LOOKUP_HOME_MAX + 1];
};

/* An account by its name: 1 found, 0 there is none, -1 cannot tell (logged). */
typedef int who_account(char const *name, struct account *);

/* Fills an answer's status and fields for a question. */
extern void who_answer(struct lookup_question const *, struct lookup_answer *, who_account *);

#endif
