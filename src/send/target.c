/* target.c - see target.h */

#include <strings.h>

#include "send/keys.h"
#include "send/target.h"

void target_make(struct target *t, char const *address, uint32_t index, char const *nohost)
{
  char const *domain;
  size_t len;

  *t = (struct target){ .index = index, .channel = (unsigned char)route(address, &domain, &len) };
  if (t->channel == CHANNEL_LOCAL) {
    t->key = keys_find(address);
    return;
  }
  t->domain = domain == route_settings.site.envnoathost.s ? nohost : domain;
  t->len = (uint16_t)(len > UINT16_MAX ? UINT16_MAX : len);
}

int target_compare(struct target const *a, struct target const *b)
{
  int d = (int)a->channel - (int)b->channel;

  if (d) return d;
  if (a->channel == CHANNEL_LOCAL) return (a->key > b->key) - (a->key < b->key);
  d = (int)a->len - (int)b->len;
  return d ? d : strncasecmp(a->domain, b->domain, a->len);
}

struct destination *target_find(struct target const *t)
{
  char name[KEY_NAME_MAX + 1];

  if (t->channel == CHANNEL_REMOTE) return destination_find(CHANNEL_REMOTE, t->domain, t->len);
  return destination_find(CHANNEL_LOCAL, name, keys_name(t->key, name));
}

struct destination *target_get(struct target const *t)
{
  char name[KEY_NAME_MAX + 1];
  struct destination *d;

  if (t->channel == CHANNEL_REMOTE) return destination_get(CHANNEL_REMOTE, t->domain, t->len);
  d = destination_get(CHANNEL_LOCAL, name, keys_name(t->key, name));
  return d || !t->key ? d : destination_get(CHANNEL_LOCAL, "", 0);
}
