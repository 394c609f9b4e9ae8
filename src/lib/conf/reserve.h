/* reserve.h - what is kept free on the queue's disk: control/queuereserve percent of it */

#ifndef LIB_CONF_RESERVE_H
#define LIB_CONF_RESERVE_H

#include <stdint.h>
#include <sys/statvfs.h>

struct reserve {
  uint64_t bytes;               /* a GiB at most */
  uint64_t inodes;              /* 100,000 at most; 0 where the filesystem counts none (btrfs) */
};

extern struct reserve reserve_of(struct statvfs const *, unsigned int percent);

#endif
