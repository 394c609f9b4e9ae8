/* guests.c - see guests.h */

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "in/guests.h"
#include "lib/io/io.h"
#include "lib/io/wake.h"

#define ROOM_SILENCE 1000       /* ms */
#define ROOM_GRACE 5000

struct guest {
  int here;
  int fd;
  int cut;
  long long told;       /* when it is looked at again; 0: it is not told */
};

static struct guest *guests;
static unsigned int used;       /* places beyond are free */

int guests_start(void)
{
  guests = io_own_memory(GUESTS_MAX * sizeof *guests);
  return guests ? 0 : -1;
}

int guests_add(unsigned int place, int fd)
{
  if (place >= GUESTS_MAX || guests[place].here) return 0;
  guests[place] = (struct guest){ .here = 1, .fd = fd };
  if (place >= used) used = place + 1;
  return 1;
}

void guests_remove(unsigned int place)
{
  if (place >= used || !guests[place].here) return;
  close(guests[place].fd);
  guests[place].here = 0;
  while (used && !guests[used - 1].here) used--;
}

int guests_any(void)
{
  return used > 0;
}

/* ms since the client last sent something; 0 where that cannot be told */
static long long silence(struct guest const *g)
{
  struct tcp_info info = { .tcpi_last_data_recv = 0 };
  socklen_t len = sizeof info;

  return getsockopt(g->fd, IPPROTO_TCP, TCP_INFO, &info, &len) == -1 ? 0 : info.tcpi_last_data_recv;
}

unsigned int guests_longest_silent(void)
{
  unsigned int i, found = GUESTS_NOBODY;
  long long longest = ROOM_SILENCE - 1;

  for (i = 0; i < used; i++) {
    long long ms = guests[i].here && !guests[i].told ? silence(guests + i) : 0;
    if (ms <= longest) continue;
    longest = ms;
    found = i;
  }
  if (found != GUESTS_NOBODY) guests[found].told = io_clock() + ROOM_GRACE;
  return found;
}

/* One whose client goes on, in a message perhaps, has more time. */
static void look(struct guest *g, long long now)
{
  if (!g->cut && silence(g) >= ROOM_GRACE) g->cut = shutdown(g->fd, SHUT_RDWR) == 0 || errno == ENOTCONN;
  g->told = now + ROOM_GRACE;
}

unsigned int guests_lost(void)
{
  long long now = io_clock();
  unsigned int i = 0;

  while (i < used && !(guests[i].here && guests[i].cut && guests[i].told <= now)) i++;
  return i < used ? i : GUESTS_NOBODY;
}

long long guests_cut(void)
{
  long long now = io_clock(), next = WAKE_NEVER;
  unsigned int i;

  for (i = 0; i < used; i++) {
    struct guest *g = guests + i;
    if (!g->here || !g->told) continue;
    if (g->told <= now) look(g, now);
    if (g->told < next) next = g->told;
  }
  return next;
}
