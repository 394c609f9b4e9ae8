/* who.h - who gets the mail for a local part: users table, password file, alias user */

#ifndef LOCAL_WHO_H
#define LOCAL_WHO_H

#include "door/lookup.h"

/* The tables may have changed: they are read anew. */
extern void who_forget(void);

/* Fills an answer's status and fields for a question, and says what it came from. */
extern void who_answer(struct lookup_question const *, struct lookup_answer *);

#endif
