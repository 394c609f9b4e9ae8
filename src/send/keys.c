/* keys.c - see keys.h */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "send/keys.h"
#include "lib/io/large.h"
#include "lib/msg/crc32.h"

#define PLACES 4096             /* the newest address of each place stays */

struct known_key {
  char *address;
  uint64_t key;
};

static LARGE struct known_key table[PLACES];

static struct known_key *place_of(char const *address)
{
  uint32_t h = 0;

  for (; *address; address++)
    h = crc32_add(h, (char[]){ *address >= 'A' && *address <= 'Z' ? (char)(*address + 32) : *address }, 1);
  return table + h % PLACES;
}

uint64_t keys_find(char const *address)
{
  struct known_key const *k = place_of(address);

  return k->address && !strcasecmp(k->address, address) ? k->key : 0;
}

void keys_learn(char const *address, uint64_t key)
{
  struct known_key *k = place_of(address);

  if (!k->address || strcasecmp(k->address, address)) {
    free(k->address);
    k->address = strdup(address);
  }
  k->key = key;
}

size_t keys_name(uint64_t key, char name[KEY_NAME_MAX + 1])
{
  *name = 0;
  return key ? (size_t)snprintf(name, KEY_NAME_MAX + 1, "%016llx", (unsigned long long)key) : 0;
}
