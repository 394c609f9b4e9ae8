/* target.c - see target.h */

#include <stdlib.h>
#include <strings.h>

#include "send/keys.h"
#include "send/target.h"

void target_make(struct target *t, char const *address, uint32_t index, char const *nohost)
{
  char const *domain;
  size_t len;

  *t = (struct target){ .index = index, .channel = (unsigned char)route(address, &domain, &len) };
  t->held = !!destination_stopped(domain, len);
  if (t->channel == CHANNEL_LOCAL) {
    t->key = keys_find(address);
    return;
  }
  t->domain = domain == route_settings.site.envnoathost.s ? nohost : domain;
  t->len = (uint16_t)(len > UINT16_MAX ? UINT16_MAX : len);
}

static int compare(struct target const *a, struct target const *b)
{
  int d = (int)a->channel - (int)b->channel;

  if (!d) d = (int)a->held - (int)b->held;
  if (d) return d;
  if (a->channel == CHANNEL_LOCAL) return (a->key > b->key) - (a->key < b->key);
  d = (int)a->len - (int)b->len;
  return d ? d : strncasecmp(a->domain, b->domain, a->len);
}

static int in_order(void const *a, void const *b)
{
  struct target const *x = a, *y = b;
  int d = compare(x, y);

  return d ? d : (x->index > y->index) - (x->index < y->index);
}

void target_sort(struct target *t, uint32_t n)
{
  qsort(t, n, sizeof *t, in_order);
}

uint32_t target_again(struct target *t, uint32_t n)
{
  uint32_t i, left = 0;

  for (i = 0; i < n; i++) {
    if (!t[i].busy) continue;
    t[left] = t[i];
    t[left++].busy = 0;
  }
  target_sort(t, left);
  return left;
}

uint32_t target_run(struct target const *t, uint32_t n)
{
  uint32_t run = 1;

  while (run < n && !compare(t, t + run)) run++;
  return run;
}

static struct destination *find(struct target const *t)
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

static struct lot *channel_lot(struct target const *t, enum class c)
{
  return channel_saturated((enum channel)t->channel, c) ? channels[t->channel].lot + c : 0;
}

static struct lot *lot(struct target const *t, enum class c)
{
  struct destination *d = find(t);

  return destination_saturated(d, c) ? d->lot + c : channel_lot(t, c);
}

struct lot *target_lot(struct target const *t, uint32_t n, enum class c, int any)
{
  struct lot *l = 0;
  uint32_t at;

  if (!n) return 0;
  if (!any && compare(t, t + n - 1)) return t->channel == t[n - 1].channel ? channel_lot(t, c) : 0;
  for (at = 0; at < n && !l; at += target_run(t + at, n - at)) l = lot(t + at, c);
  return l;
}
