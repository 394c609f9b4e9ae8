/* hosts.c - how destinations fare: round trip, bounds, truncations, flipped bytes */

#include "door/hosts.h"
#include "records.h"

static int read_hosts(char const *s, size_t len)
{
  struct unpack u = { .s = s, .len = len };
  struct hosts head;
  struct host h;
  uint32_t i;

  if (!hosts_unpack(&u, &head)) return 0;
  for (i = 0; i < head.n; i++)
    if (!hosts_unpack_host(&u, &h)) return 0;
  return unpack_done(&u);
}

int main(void)
{
  static char buf[HOSTS_HEAD_MAX + 3 * HOSTS_RECORD_MAX], name[400];
  struct pack p = { .s = buf, .size = sizeof buf };
  struct hosts head = { 1234567890123, { 1, 2, 3 }, { 4, 5, 6 }, 2 }, head2;
  struct host h = { "far.test", "4.2.0 \x01\xff", 8, 8, 7, 8, 9, { 10, 11 }, { 12, 13 }, HOST_HELD, 1ULL << 50 }, h2;
  struct unpack u = { .s = buf };

  hosts_pack(&p, &head);
  check("the head has its room", p.len <= HOSTS_HEAD_MAX);
  hosts_pack_host(&p, &h);
  h.state = HOST_DEAD;
  hosts_pack_host(&p, &h);
  u.len = p.len;
  check("fits", !p.bad);
  check("the head comes back", hosts_unpack(&u, &head2) && head2.written == 1234567890123
        && head2.local.flights == 1 && head2.local.limit == 2 && head2.local.waiting == 3 && head2.remote.flights == 4
        && head2.remote.limit == 5 && head2.remote.waiting == 6 && head2.n == 2);
  check("a host too", hosts_unpack_host(&u, &h2) && h2.name_len == 8 && !memcmp(h2.name, "far.test", 8)
        && h2.reply_len == 8 && !memcmp(h2.reply, h.reply, 8) && h2.flights == 7 && h2.limit == 8 && h2.waiting == 9
        && h2.messages.sum == 10 && h2.messages.max == 11 && h2.connections.sum == 12 && h2.connections.max == 13
        && h2.state == HOST_HELD && h2.until == 1ULL << 50);
  check("and the next", hosts_unpack_host(&u, &h2) && h2.state == HOST_DEAD && unpack_done(&u));
  records_hold("truncations are refused", buf, p.len, read_hosts);

  p.len = 0;
  memset(name, 'x', sizeof name);
  h = (struct host){ .name = name, .reply = name, .name_len = sizeof name, .reply_len = sizeof name };
  hosts_pack_host(&p, &h);
  u = (struct unpack){ .s = buf, .len = p.len };
  check("what is too long is cut", !p.bad && p.len <= HOSTS_RECORD_MAX && hosts_unpack_host(&u, &h2)
        && h2.name_len == HOSTS_NAME_MAX && h2.reply_len == HOSTS_REPLY_MAX && unpack_done(&u));
  p.len = 0;
  head.n = HOSTS_MAX + 1;
  hosts_pack(&p, &head);
  u = (struct unpack){ .s = buf, .len = p.len };
  check("too many hosts", !hosts_unpack(&u, &head2));
  p.len = 0;
  h.state = HOST_STOPPED + 1;
  hosts_pack_host(&p, &h);
  u = (struct unpack){ .s = buf, .len = p.len };
  check("an unknown state", !hosts_unpack_host(&u, &h2));
  return unit_end();
}
