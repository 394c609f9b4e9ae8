/* publish.c - see publish.h */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "door/hosts.h"
#include "send/destination.h"
#include "send/publish.h"
#include "lib/conf/owner.h"
#include "lib/io/io.h"
#include "lib/io/log.h"
#include "lib/msg/crc32.h"

#define NEW_PATH HOSTS_PATH ".new"

_Static_assert(HOSTS_MAX >= DESTINATIONS_MAX && HOSTS_REPLY_MAX >= DESTINATION_REPLY, "all can be told");

static struct pack out;
static long long now;

static uint32_t hosts, parked;    /* remote destinations; messages parked for local users */

static void tally(struct destination *d)
{
  if (d->channel == CHANNEL_REMOTE) hosts++;
  else parked += destination_parked(d);
}

static struct hosts_channel channel(enum channel ch, uint32_t waiting)
{
  int c;

  for (c = 0; c < CLASSES; c++) waiting += channels[ch].lot[c].n;
  return (struct hosts_channel){ channels[ch].flights, route_settings.concurrency[ch], waiting };
}

static struct hosts_rate rate(struct pace *p, enum rate_kind kind)
{
  uint32_t max = p->max[kind];

  return (struct hosts_rate){ max ? rate_sum(p->rate + kind, now) : 0, max };
}

static void tell(struct destination *d)
{
  int dead = d->dead_until > now, held = !dead && d->hold > now;

  if (d->channel == CHANNEL_LOCAL) return;      /* they are in the head */
  hosts_pack_host(&out, &(struct host){
    .name = d->name,
    .name_len = d->len,
    .reply = d->reply,
    .reply_len = strlen(d->reply),
    .flights = d->flights,
    .limit = destination_limit(d),
    .waiting = d->queued + destination_parked(d),
    .messages = rate(&d->pace, RATE_MESSAGES),
    .connections = rate(&d->pace, RATE_CONNECTIONS),
    .state = d->stopped ? HOST_STOPPED : dead ? HOST_DEAD : held ? HOST_HELD : HOST_READY,
    .until = d->stopped ? 0 : dead ? (uint64_t)d->dead_until : held ? (uint64_t)d->hold : 0,
  });
}

static int put(void)
{
  int fd = open(NEW_PATH, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640), r;

  if (fd == -1) return -1;
  r = io_write(fd, out.s, out.len);
  if (close(fd) == -1) r = -1;
  if (r == 0) r = rename(NEW_PATH, HOSTS_PATH);
  return r;
}

/* A full disk is told once, and gets back what was written. */
static int replace(void)
{
  static int failing;
  int r = put();

  if (r == -1) {
    if (!failing) log_sys("warning: cannot write queue/" HOSTS_PATH, owner_hint(HOSTS_PATH));
    unlink(NEW_PATH);
  }
  failing = r == -1;
  return r;
}

void publish(void)
{
  static long long next;
  static long long last = -1;   /* checksum of what was told last */
  uint32_t sum;

  now = io_clock();
  if (now < next) return;
  hosts = parked = 0;
  destination_each(tally);
  next = now + PUBLISH_MS + PUBLISH_HOST_MS * (long long)hosts;
  out = (struct pack){ .size = HOSTS_HEAD_MAX + (size_t)hosts * HOSTS_RECORD_MAX };
  out.s = malloc(out.size);
  if (!out.s) return;
  hosts_pack(&out, &(struct hosts){ (uint64_t)now, channel(CHANNEL_LOCAL, parked), channel(CHANNEL_REMOTE, 0), hosts });
  destination_each(tell);
  sum = crc32_add(0, out.s + HOSTS_STABLE, out.len - HOSTS_STABLE);
  if (!out.bad && sum != last && replace() == 0) last = sum;
  free(out.s);
}
