/*
 * names.h - the IDs in one directory of the queue
 *
 * Only names are read. What is no ID is counted.
 */

#ifndef LIB_MSG_NAMES_H
#define LIB_MSG_NAMES_H

#include <stddef.h>

#include "lib/msg/id.h"

struct names {
  char (*id)[ID_MAX + 1];       /* sorted, so by arrival */
  size_t n;
  size_t strange;               /* names that are no IDs, or stand in the wrong place */
  char path[ID_PATH_MAX];       /* the hashed directory that was read last */
};

/* One more, behind them; who adds keeps them sorted, if need be. 0, or -1: no memory. */
extern int names_add(struct names *, char const *id);

/* Reads dir ("todo", "mess", "state") in the queue's directory. 0, or -1 with errno; path is what cannot be read. */
extern int names_read(struct names *, char const *dir);

/* 1 when the ID is among them. */
extern int names_has(struct names const *, char const *id);

/* How many, up to 2, begin or end with part; *id is the last of them. */
extern size_t names_part(struct names const *, char const *part, char const **id);

#endif
