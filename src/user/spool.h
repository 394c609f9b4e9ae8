/*
 * spool.h - the body of a message until all of it is there
 *
 * A caller may take hours: cron passes on what a job writes as it writes it. A connection to the queue service
 * may not, and one user has only a few. So nothing is begun there before the message has ended. A small body
 * stays in memory, a larger one goes to a file without a name in TMPDIR (/tmp).
 */

#ifndef USER_SPOOL_H
#define USER_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#define SPOOL_MEMORY 262144     /* bytes */

struct spool {
  int fd;               /* the file: set to -1 at first */
  int in_file;          /* all is in it, nothing in buf any more */
  uint64_t bytes;       /* in all */
  size_t used;          /* of buf */
  char buf[SPOOL_MEMORY];
};

/* Opens the file, for a program that cannot do so once it has to. 0, or -1 with errno. */
extern int spool_open(struct spool *);

/* Adds bytes. 0, or -1 with errno. */
extern int spool_put(struct spool *, char const *, size_t len);

/* Gives all of it to put, piece by piece, until that returns something else than 0. It can be done again.
   0, or -1 with errno. */
extern int spool_send(struct spool *, int (*put)(char const *, size_t));

#endif
