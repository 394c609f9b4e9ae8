/* hosts.c - see hosts.h */

#include "door/hosts.h"

#define VERSION 1

static void pack_channel(struct pack *p, struct hosts_channel const *c)
{
  pack_u32(p, c->flights);
  pack_u32(p, c->limit);
  pack_u32(p, c->waiting);
}

static void unpack_channel(struct unpack *u, struct hosts_channel *c)
{
  c->flights = unpack_u32(u);
  c->limit = unpack_u32(u);
  c->waiting = unpack_u32(u);
}

static void pack_cut(struct pack *p, char const *s, size_t len, size_t max)
{
  pack_bytes(p, s, len > max ? max : len, max);
}

void hosts_pack(struct pack *p, struct hosts const *h)
{
  pack_u8(p, VERSION);
  pack_u64(p, h->written);
  pack_channel(p, &h->local);
  pack_channel(p, &h->remote);
  pack_u32(p, h->n);
}

void hosts_pack_host(struct pack *p, struct host const *h)
{
  pack_cut(p, h->name, h->name_len, HOSTS_NAME_MAX);
  pack_u32(p, h->flights);
  pack_u32(p, h->limit);
  pack_u32(p, h->waiting);
  pack_u32(p, h->messages.sum);
  pack_u32(p, h->messages.max);
  pack_u32(p, h->connections.sum);
  pack_u32(p, h->connections.max);
  pack_u8(p, h->state);
  pack_u64(p, h->until);
  pack_cut(p, h->reply, h->reply_len, HOSTS_REPLY_MAX);
}

int hosts_unpack(struct unpack *u, struct hosts *h)
{
  if (unpack_u8(u) != VERSION) return 0;
  h->written = unpack_u64(u);
  unpack_channel(u, &h->local);
  unpack_channel(u, &h->remote);
  h->n = unpack_u32(u);
  return !u->bad && h->n <= HOSTS_MAX;
}

int hosts_unpack_host(struct unpack *u, struct host *h)
{
  unsigned int state;

  h->name = unpack_bytes(u, &h->name_len, HOSTS_NAME_MAX);
  h->flights = unpack_u32(u);
  h->limit = unpack_u32(u);
  h->waiting = unpack_u32(u);
  h->messages.sum = unpack_u32(u);
  h->messages.max = unpack_u32(u);
  h->connections.sum = unpack_u32(u);
  h->connections.max = unpack_u32(u);
  state = unpack_u8(u);
  h->until = unpack_u64(u);
  h->reply = unpack_bytes(u, &h->reply_len, HOSTS_REPLY_MAX);
  if (u->bad || state > HOST_STOPPED) return 0;
  h->state = (enum host_state)state;
  return 1;
}
