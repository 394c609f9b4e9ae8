/* fronted.c - see fronted.h */

#include <string.h>

#include "in/fronted.h"
#include "in/peer.h"
#include "lib/io/pack.h"

size_t fronted_pack(char s[FRONTED_MAX], struct proxy const *client)
{
  struct pack p = { .s = s, .size = FRONTED_MAX };

  pack_u8(&p, 'P');
  pack_bytes(&p, client->ip, strlen(client->ip), PEER_IP_MAX);
  pack_bytes(&p, client->local_ip, strlen(client->local_ip), PEER_IP_MAX);
  pack_u32(&p, client->port);
  pack_u32(&p, client->local_port);
  return p.len;
}

int fronted_unpack(struct proxy *client, char const *s, size_t len)
{
  struct unpack u = { .s = s, .len = len, .pos = 1 };
  char ip[PEER_IP_MAX + 1], local_ip[PEER_IP_MAX + 1];

  unpack_string(&u, ip, PEER_IP_MAX);
  unpack_string(&u, local_ip, PEER_IP_MAX);
  client->port = unpack_u32(&u);
  client->local_port = unpack_u32(&u);
  return unpack_done(&u) && peer_address(client->ip, ip) && peer_address(client->local_ip, local_ip);
}
