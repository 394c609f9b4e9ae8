/* retry.c - see retry.h */

#include <string.h>

#include "send/retry.h"
#include "lib/msg/crc32.h"

#define LOOKS_A_SECOND 1000     /* a look is an envelope read, and its state: a tenth of a millisecond */

uint32_t retry_wait(struct retry const *r, char const *id, uint32_t tries, uint32_t base)
{
  uint32_t n = tries ? tries : 1, seconds = r->first * base / RETRY_REMOTE;
  uint32_t wait = n > r->most / seconds ? r->most : seconds * (2 * n - 1);

  if (wait > r->most) wait = r->most;
  return wait + (crc32_add(n, id, strlen(id)) >> 8) % (wait / 8 + 1);
}

uint32_t retry_spread(uint32_t n)
{
  return n / LOOKS_A_SECOND;
}

uint32_t retry_turn(uint32_t now)
{
  static uint32_t second, n;

  if (second < now) n = 0;
  if (second < now) second = now;
  if (n++ < LOOKS_A_SECOND) return second;
  n = 1;
  return ++second;
}

int retry_old(int64_t age, uint32_t ran, uint32_t lifetime)
{
  return age >= (int64_t)lifetime || ran >= lifetime;   /* ran: the clock was set back, or a wrong one made the ID */
}

int retry_last(uint32_t first, uint32_t tries, int64_t age, uint32_t ran, uint32_t lifetime)
{
  uint32_t need = 1;

  while (need < RETRY_TRIES && (uint64_t)first * need * need <= lifetime) need++;
  return tries + 1 >= need && ran >= lifetime / RETRY_PART && retry_old(age, ran, lifetime);
}
