/*
 * hosts.h - the door from mail-send, which writes state/hosts, to mail-qhosts, which shows it
 *
 * How every destination fares, for people. Who fears whom: mail-qhosts fears mail-send; a file that is not understood
 * is only told of. mail-send never reads it. It is replaced by renaming, so a reader has one whole state of things;
 * after a crash of the machine it is nothing that anybody relies on. Times are those of io_clock, which processes of
 * one machine share. In the queue's directory.
 */

#ifndef DOOR_HOSTS_H
#define DOOR_HOSTS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/io/pack.h"

#define HOSTS_PATH "state/hosts"
#define HOSTS_LOCK "state/lock"         /* mail-send holds it as long as it runs */

#define HOSTS_MAX 4096
#define HOSTS_NAME_MAX 255
#define HOSTS_REPLY_MAX 120
#define HOSTS_HEAD_MAX 64
#define HOSTS_RECORD_MAX (HOSTS_NAME_MAX + HOSTS_REPLY_MAX + 64)
#define HOSTS_FILE_MAX (HOSTS_HEAD_MAX + (size_t)HOSTS_MAX * HOSTS_RECORD_MAX)
#define HOSTS_STABLE 9                  /* bytes at the beginning that differ only by the time of writing */

struct hosts_channel {
  uint32_t flights, limit, waiting;     /* waiting: for the channel, whatever their destination */
};

struct hosts {
  uint64_t written;
  struct hosts_channel local, remote;
  uint32_t n;                           /* of those that follow */
};

enum host_state { HOST_READY, HOST_DEAD, HOST_HELD, HOST_STOPPED };  /* HELD: until; STOPPED: an operator holds it */

struct hosts_rate {
  uint32_t sum, max;                    /* in the last minute; 0: no limit */
};

struct host {
  char const *name, *reply;             /* may hold any byte */
  size_t name_len, reply_len;
  uint32_t flights, limit, waiting;
  struct hosts_rate messages, connections;
  enum host_state state;
  uint64_t until;                       /* it is dead or held */
};

/* What does not fit, a name or a reply, is cut. */
extern void hosts_pack(struct pack *, struct hosts const *);
extern void hosts_pack_host(struct pack *, struct host const *);

/* The head, then n times a host; 1, or 0 when it is not understood. Whether all was used: unpack_done. */
extern int hosts_unpack(struct unpack *, struct hosts *);
extern int hosts_unpack_host(struct unpack *, struct host *);

#endif
