/*
 * deferring.h - deferrals by destination: a hundred domains, the rest are "other"
 *
 * A domain takes the place of one that had none for an hour, whose count ends.
 */

#ifndef LOG_DEFERRING_H
#define LOG_DEFERRING_H

#include <stddef.h>

#include "log/family.h"

#define DEFERRING_MAX 100
#define DEFERRING_IDLE 3600000  /* milliseconds */

/* A recipient was put off, at this io_clock. The address is as it stands in the log. */
extern void deferring_add(char const *address, size_t len, long long now);
extern void deferring_begin(void);
extern void deferring_write(struct text *);

#endif
