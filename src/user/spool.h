/*
 * spool.h - the body of a message until all of it is there
 *
 * A caller may take hours: cron passes on what a job writes as it writes it. A connection to the queue service
 * may not, and one user has only a few. So nothing is begun there before the message has ended. A small body
 * stays in memory, a larger one goes to a file without a name in TMPDIR (/tmp).
 */

#ifndef SPOOL_H
#define SPOOL_H

#include <stddef.h>

#define SPOOL_MEMORY 262144     /* bytes */

struct spool {
  int fd;               /* the file: set to -1 at first */
  size_t used;          /* of buf, while there is no file */
  char buf[SPOOL_MEMORY];
};

/* Adds bytes. 0, or -1 with errno. */
extern int spool_put(struct spool *, char const *, size_t len);

/* Gives all of it to put, piece by piece, until that returns something else than 0. 0, or -1 with errno. */
extern int spool_send(struct spool *, int (*put)(char const *, size_t));

#endif
