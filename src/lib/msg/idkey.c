/* idkey.c - see idkey.h */

#include <stdio.h>

#include "lib/msg/idkey.h"

#define DIGITS 26               /* of an ID without bounce numbers */
#define MICRO_BYTES 7           /* its first ones: lib/msg/id.h */
#define MICRO_A_MINUTE 60000000

static unsigned int digit(char c)
{
  return c <= '9' ? (unsigned int)(c - '0') : (unsigned int)(c - 'a') + 10;
}

void idkey_pack(unsigned char key[IDKEY_LEN], char const *id)
{
  unsigned int n[2] = { 0, 0 }, depth = 0;
  char const *s = id + DIGITS;
  int i;

  for (i = 0; i < DIGITS / 2; i++) key[i] = (unsigned char)(digit(id[2 * i]) << 4 | digit(id[2 * i + 1]));
  for (; *s; s++) {
    if (*s == '-') depth++;
    else n[depth - 1] = n[depth - 1] * 10 + digit(*s);
  }
  for (i = 0; i < 2; i++) {
    key[13 + 2 * i] = (unsigned char)(n[i] >> 8);
    key[14 + 2 * i] = (unsigned char)n[i];
  }
}

uint32_t idkey_minute(unsigned char const key[IDKEY_LEN])
{
  uint64_t micro = 0;
  int i;

  for (i = 0; i < MICRO_BYTES; i++) micro = micro << 8 | key[i];
  return (uint32_t)(micro / MICRO_A_MINUTE);
}

void idkey_unpack(char id[ID_MAX + 1], unsigned char const key[IDKEY_LEN])
{
  size_t at = 0;
  int i;

  for (i = 0; i < DIGITS / 2; i++) at += (size_t)snprintf(id + at, ID_MAX + 1 - at, "%02x", key[i]);
  for (i = 0; i < 2; i++) {
    unsigned int n = (unsigned int)key[13 + 2 * i] << 8 | key[14 + 2 * i];
    if (n) at += (size_t)snprintf(id + at, ID_MAX + 1 - at, "-%u", n);
  }
}
