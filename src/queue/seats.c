/* seats.c - see seats.h */

#include <stddef.h>
#include <sys/mman.h>

#include "queue/caller.h"
#include "queue/seats.h"

static struct seat *seats;
static unsigned int seats_n;

struct seat *seats_start(unsigned int n)
{
  seats = mmap(0, n * sizeof *seats, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (seats == MAP_FAILED) seats = 0;
  else seats_n = n;
  return seats;
}

/* The new number is there before the others are looked at: of two who ask at once at least one sees both. */
int seat_memory(struct seat *mine, uint32_t bytes)
{
  uint32_t before = atomic_exchange(&mine->memory, bytes);
  uint64_t class = 0, same = 0;
  unsigned int i;

  if (bytes <= SEAT_MEMORY_FREE || bytes <= before) return 1;
  for (i = 0; i < seats_n; i++) {
    uint32_t m = atomic_load(&seats[i].memory);
    if (m <= SEAT_MEMORY_FREE || seats[i].class != mine->class) continue;
    class += m;
    if (seats[i].uid == mine->uid) same += m;
  }
  if (class <= SEAT_MEMORY_CLASS && (mine->class != CALLERS_USERS || same <= SEAT_MEMORY_CLASS / 2)) return 1;
  atomic_store(&mine->memory, before);
  return 0;
}
