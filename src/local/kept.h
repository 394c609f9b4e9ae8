/*
 * kept.h - answers that are given again, without a worker: for KEPT_SECONDS, and only while nothing that they came
 *          from has changed
 *
 * mail-lookup keeps those of each question, mail-lspawn those that it got from there. Whether something has changed is
 * seen for every question: the tables (settings, users/cdb, the password file, which service tells of accounts) by the
 * status of the files, as they are seen from the home of the suite, where the process must be, and the user's home that
 * the answer needed, if it did (source.h). Nothing is read.
 * "Nobody" is kept as long as "somebody". What a name service beside the password file has told is never kept.
 */

#ifndef LOCAL_KEPT_H
#define LOCAL_KEPT_H

#include <stdint.h>

#include "door/lookup.h"

#define KEPT_SECONDS 5

/* 1, and the answer is set, when it is known. Else 0, and *tables says which tables there are: what a worker answers
   from now on comes from these, or from later ones. */
extern int kept_find(struct lookup_question const *, struct lookup_answer *, uint32_t *tables);

/* An answer to a question for which kept_find set tables. */
extern void kept_add(struct lookup_question const *, uint32_t tables, struct lookup_answer const *);

/* For who is at rest: they need not stay, and their memory is given back. */
extern void kept_forget(void);

#endif
